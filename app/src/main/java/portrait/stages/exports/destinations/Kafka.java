package portrait.stages.exports.destinations;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.connections.Setting;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.stages.exports.destinations.OutRow.Change;

/// Messages in a topic of Kafka, one for each customer who entered, changed or left. Their key is the CustomerId, so what
/// happens to a customer stays in its order.
public final class Kafka implements Destination<Kafka.Cluster, Kafka.Topic> {

  private static final Form<Cluster> FORM = Form.of(Cluster.class);
  private static final Form<Topic> TOPIC = Form.of(Topic.class);
  private static final Duration LOOK_WITHIN = Duration.ofSeconds(10);
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(20);

  /// How the line to the brokers is protected.
  public enum Security {
    /** Encrypted; without a user unless there is one. */
    TLS,
    /** Not encrypted: inside a network of one's own. */
    NONE
  }

  /// How a user proves who they are.
  public enum SignIn {
    PLAIN, SCRAM_SHA_256, SCRAM_SHA_512
  }

  /// What becomes of a customer who left.
  public enum Leaving {
    /** A message that says so. */
    MESSAGE,
    /** A message without content, which makes a compacted topic forget them. */
    TOMBSTONE
  }

  /// What a connection needs.
  public record Cluster(
      @Setting(title = "Brokers", help = "Host and port of one or more, with commas between them.", example = "kafka-1.example.com:9092") String brokers,
      @Setting(title = "Encryption", help = "TLS or none.", standard = "tls") Security security,
      @Setting(title = "Sign-in", help = "What the brokers ask of a user: plain, SCRAM-SHA-256 or SCRAM-SHA-512.", standard = "scram_sha_512") SignIn signIn,
      @Setting(title = "User", help = "Who signs in there; empty where nobody has to.") Optional<String> user,
      @Setting(title = "Password", help = "Of that user.") Optional<Secret> password) {}

  /// What an export needs.
  public record Topic(
      @Setting(title = "Topic", help = "Where messages go; it has to be there.", example = "customers") String topic,
      @Setting(title = "Who leaves", help = "A message that says so, or one without content for compacted topics.", standard = "message") Leaving leaving) {}

  @Override
  public Connector<Cluster> connector() {
    return new Connector<>("kafka", "Apache Kafka",
        "Messages in a topic, in the order of each customer, within seconds where wanted.", FORM);
  }

  @Override
  public Form<Topic> target() {
    return TOPIC;
  }

  @Override
  public boolean readsSegments(Topic target) {
    return true;
  }

  @Override
  public String verify(Cluster account) {
    int brokers = ask(account, "", admin -> admin.describeCluster().nodes()).size();
    return brokers == 1 ? "1 broker answers" : "%d brokers answer".formatted(brokers);
  }

  @Override
  public Session open(Cluster account, Topic target, RunPlan run) {
    ask(account, target.topic(), admin -> admin.describeTopics(List.of(target.topic())).allTopicNames());
    return new Producing(new KafkaProducer<>(properties(account), new ByteArraySerializer(), new ByteArraySerializer()),
        account, target, run);
  }

  private static <T> T ask(Cluster account, String topic, Function<Admin, KafkaFuture<T>> question) {
    try (var admin = Admin.create(properties(account))) {
      return question.apply(admin).get();
    } catch (ExecutionException failure) {
      throw refused(account, topic, cause(failure));
    } catch (KafkaException failure) {
      throw refused(account, topic, failure);
    } catch (InterruptedException asked) {
      Thread.currentThread().interrupt();
      throw new ProblemException(Problem.of(Problem.Code.CANCELLED, "stopped while calling"), asked);
    }
  }

  private static Properties properties(Cluster account) {
    var properties = new Properties();
    properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, account.brokers());
    properties.put(ProducerConfig.CLIENT_ID_CONFIG, "portrait");
    properties.put("security.protocol", account.user().isPresent()
        ? account.security() == Security.TLS ? "SASL_SSL" : "SASL_PLAINTEXT"
        : account.security() == Security.TLS ? "SSL" : "PLAINTEXT");
    account.user().ifPresent(user -> {
      String module = account.signIn() == SignIn.PLAIN ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
      properties.put("sasl.mechanism", account.signIn().name().replace('_', '-'));
      properties.put("sasl.jaas.config", "org.apache.kafka.common.security.%s required username=%s password=%s;"
          .formatted(module, quoted(user), quoted(account.password().map(Secret::reveal).orElse(""))));
    });
    properties.put("default.api.timeout.ms", String.valueOf(LOOK_WITHIN.toMillis()));
    properties.put("request.timeout.ms", String.valueOf(LOOK_WITHIN.toMillis()));
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, String.valueOf(ANSWER_WITHIN.toMillis()));
    // The library tries again by itself, without sending twice; what it gives up is tried again by the run.
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, String.valueOf(2 * ANSWER_WITHIN.toMillis()));
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    properties.put(ProducerConfig.LINGER_MS_CONFIG, "5");
    return properties;
  }

  /// As the login configuration of Java has it.
  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static Throwable cause(ExecutionException failure) {
    return Optional.ofNullable(failure.getCause()).orElse(failure);
  }

  /// What the library says can quote settings; the kind of failure is enough.
  private static ProblemException refused(Cluster account, String topic, Throwable failure) {
    var problem = switch (failure) {
      case AuthenticationException _ -> Problem.of(Problem.Code.SERVER_UNREACHABLE,
          "the brokers %s do not accept the sign-in".formatted(account.brokers()),
          "Check user, password, kind of sign-in and encryption.");
      case AuthorizationException _ -> Problem.of(Problem.Code.SERVER_UNREACHABLE,
          "the user may not write to the topic %s".formatted(topic),
          "Let the user write there: the operations WRITE and DESCRIBE on the topic.");
      case InvalidTopicException _ -> Problem.of(Problem.Code.INVALID_DEFINITION,
          "settings.topic was %s, which is no name of a topic".formatted(topic),
          "Letters, digits, dots, underscores and hyphens; at most 249 of them.");
      case UnknownTopicOrPartitionException _ -> Problem.of(Problem.Code.NOT_FOUND,
          "there is no topic %s".formatted(topic), "Create it at the brokers %s.".formatted(account.brokers()));
      default -> Problem.of(Problem.Code.SERVER_UNREACHABLE,
          "none of the brokers %s answers (%s)".formatted(account.brokers(), failure.getClass().getSimpleName()),
          "Check hosts, ports and encryption.");
    };
    return new ProblemException(problem, failure);
  }

  private static final class Producing implements Session {

    private static final int ROWS_MAX = 500;

    private final Producer<byte[], byte[]> producer;
    private final Cluster account;
    private final Topic target;
    private final RunPlan run;
    private long messages;
    /// Of the batch in hand: a batch that is sent again leaves out what the brokers have.
    private final Set<UUID> taken = new HashSet<>();

    Producing(Producer<byte[], byte[]> producer, Cluster account, Topic target, RunPlan run) {
      this.producer = producer;
      this.account = account;
      this.target = target;
      this.run = run;
    }

    @Override
    public int rowsMax() {
      return ROWS_MAX;
    }

    @Override
    public boolean hearsOfLeaving() {
      return true;
    }

    @Override
    public Sent send(List<OutRow> rows) throws InterruptedException {
      try {
        return sent(rows);
      } catch (InterruptException asked) {
        throw (InterruptedException) new InterruptedException("stopped while sending").initCause(asked);
      }
    }

    private Sent sent(List<OutRow> rows) throws InterruptedException {
      var underway = new ArrayList<@Nullable Future<RecordMetadata>>();
      var ids = rows.stream().map(this::id).toList();
      Optional<KafkaException> late = Optional.empty();
      for (int place = 0; place < rows.size() && late.isEmpty(); place++) {
        try {
          underway.add(taken.contains(ids.get(place)) ? null
              : producer.send(message(rows.get(place), ids.get(place))));
        } catch (InterruptException asked) {
          throw asked;
        } catch (KafkaException failure) {
          late = Optional.of(failure);
        }
      }
      producer.flush();
      var outcomes = new ArrayList<Sent.Outcome>();
      for (int place = 0; place < underway.size(); place++) {
        try {
          var future = underway.get(place);
          if (future != null) {
            future.get();
            messages++;
          }
          taken.add(ids.get(place));
          outcomes.add(new Sent.Outcome.Delivered());
        } catch (ExecutionException failure) {
          if (cause(failure) instanceof RecordTooLargeException) {
            outcomes.add(new Sent.Outcome.Refused("the message is larger than the topic allows"));
          } else {
            late = late.or(() -> Optional.of(cause(failure) instanceof KafkaException known ? known
                : new KafkaException(cause(failure))));
          }
        }
      }
      if (late.isEmpty()) {
        taken.clear();
        return new Sent.Answered(outcomes, Duration.ZERO);
      }
      if (late.get() instanceof RetriableException) {
        return new Sent.TryLater(Optional.empty(), false, "the brokers did not take all in time (%s)".formatted(
            late.get().getClass().getSimpleName()));
      }
      throw refused(account, target.topic(), late.get());
    }

    /// The same for what is sent again after a crash: receivers drop what they have.
    private UUID id(OutRow row) {
      return UUID.nameUUIDFromBytes("%s/%s/%s".formatted(run.run(), row.customer(), row.change())
          .getBytes(StandardCharsets.UTF_8));
    }

    private ProducerRecord<byte[], byte[]> message(OutRow row, UUID id) {
      var content = Values.customer(row).put("export", run.export()).put("run", run.run().toString());
      byte @Nullable [] value = row.change() == Change.LEFT && target.leaving() == Leaving.TOMBSTONE ? null
          : content.toString().getBytes(StandardCharsets.UTF_8);
      var message = new ProducerRecord<byte[], byte[]>(target.topic(), row.customer().toString().getBytes(
          StandardCharsets.UTF_8), value);
      message.headers().add("id", id.toString().getBytes(StandardCharsets.UTF_8));
      message.headers().add("content-type", "application/json".getBytes(StandardCharsets.UTF_8));
      return message;
    }

    @Override
    public long calls() {
      return messages;
    }

    @Override
    public void close() {
      producer.close(Duration.ZERO);
    }
  }
}
