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
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.connections.Setting;
import portrait.foundation.records.KafkaCluster;
import portrait.stages.exports.destinations.OutRow.Change;

/// Messages in a topic of Kafka, one for each customer who entered, changed or left. Their key is the CustomerId, so what
/// happens to a customer stays in its order.
public final class Kafka implements Destination<KafkaCluster, Kafka.Topic> {

  private static final Form<Topic> TOPIC = Form.of(Topic.class);
  private static final String WRITE = "write to";
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(20);

  /// What becomes of a customer who left.
  public enum Leaving {
    /** A message that says so. */
    MESSAGE,
    /** A message without content, which makes a compacted topic forget them. */
    TOMBSTONE
  }

  /// What an export needs.
  public record Topic(
      @Setting(title = "Topic", help = "Where messages go; it has to be there.", example = "customers") String topic,
      @Setting(title = "Who leaves", help = "A message that says so, or one without content for compacted topics.", standard = "message") Leaving leaving) {}

  @Override
  public Connector<KafkaCluster> connector() {
    return KafkaCluster.CONNECTOR;
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
  public String verify(KafkaCluster account) {
    return account.verify();
  }

  @Override
  public Session open(KafkaCluster account, Topic target, RunPlan run) {
    account.ask(target.topic(), WRITE, admin -> admin.describeTopics(List.of(target.topic())).allTopicNames());
    return new Producing(new KafkaProducer<>(properties(account), new ByteArraySerializer(), new ByteArraySerializer()),
        account, target, run);
  }

  private static Properties properties(KafkaCluster account) {
    var properties = account.properties();
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, String.valueOf(ANSWER_WITHIN.toMillis()));
    // The library tries again by itself, without sending twice; what it gives up is tried again by the run.
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, String.valueOf(2 * ANSWER_WITHIN.toMillis()));
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    properties.put(ProducerConfig.LINGER_MS_CONFIG, "5");
    return properties;
  }

  private static Throwable cause(ExecutionException failure) {
    return Optional.ofNullable(failure.getCause()).orElse(failure);
  }

  private static final class Producing implements Session {

    private static final int ROWS_MAX = 500;

    private final Producer<byte[], byte[]> producer;
    private final KafkaCluster account;
    private final Topic target;
    private final RunPlan run;
    private long messages;
    /// Of the batch in hand: a batch that is sent again leaves out what the brokers have.
    private final Set<UUID> taken = new HashSet<>();

    Producing(Producer<byte[], byte[]> producer, KafkaCluster account, Topic target, RunPlan run) {
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
      throw account.refused(target.topic(), WRITE, late.get());
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
