package portrait.foundation.records;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.connections.Setting;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;

/// Brokers of Apache Kafka: one connection to write to topics and to read them.
public record KafkaCluster(
    @Setting(title = "Brokers", help = "Host and port of one or more, with commas between them.", example = "kafka-1.example.com:9092") String brokers,
    @Setting(title = "Encryption", help = "TLS or none.", standard = "tls") Security security,
    @Setting(title = "Sign-in", help = "What the brokers ask of a user: plain, SCRAM-SHA-256 or SCRAM-SHA-512.", standard = "scram_sha_512") SignIn signIn,
    @Setting(title = "User", help = "Who signs in there; empty where nobody has to.") Optional<String> user,
    @Setting(title = "Password", help = "Of that user.") Optional<Secret> password)
    implements
      RecordAccount {

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

  /// What people choose.
  public static final Connector<KafkaCluster> CONNECTOR = new Connector<>("kafka", "Apache Kafka",
      "Topics: to write who enters, changes and leaves within seconds where wanted, and to read tables from.",
      Form.of(KafkaCluster.class));

  private static final Duration LOOK_WITHIN = Duration.ofSeconds(10);

  @Override
  public RecordStore open(Path folder) {
    return new KafkaTopic(this);
  }

  /// Asks the brokers whether they take the sign-in.
  ///
  /// @return how many answer, in a few words
  /// @throws ProblemException with the likely cause when they do not
  public String verify() {
    int brokers = ask("", "ask for", admin -> admin.describeCluster().nodes()).size();
    return brokers == 1 ? "1 broker answers" : "%d brokers answer".formatted(brokers);
  }

  /// Asks the brokers one question.
  ///
  /// @param topic what it is about
  /// @param purpose what is to be done with the topic, for messages: `read`
  /// @throws ProblemException with the likely cause when they do not answer, or refuse to
  public <T> T ask(String topic, String purpose, Function<Admin, KafkaFuture<T>> question) {
    try (var admin = Admin.create(properties())) {
      return question.apply(admin).get();
    } catch (ExecutionException failure) {
      throw refused(topic, purpose, Optional.ofNullable(failure.getCause()).orElse(failure));
    } catch (KafkaException failure) {
      throw refused(topic, purpose, failure);
    } catch (InterruptedException asked) {
      Thread.currentThread().interrupt();
      throw new ProblemException(Problem.of(Problem.Code.CANCELLED, "stopped while calling"), asked);
    }
  }

  /// What every client of the library needs.
  public Properties properties() {
    var properties = new Properties();
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, brokers);
    properties.put(CommonClientConfigs.CLIENT_ID_CONFIG, "portrait");
    properties.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, user.isPresent()
        ? security == Security.TLS ? "SASL_SSL" : "SASL_PLAINTEXT"
        : security == Security.TLS ? "SSL" : "PLAINTEXT");
    user.ifPresent(name -> {
      String module = signIn == SignIn.PLAIN ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
      properties.put("sasl.mechanism", signIn.name().replace('_', '-'));
      properties.put("sasl.jaas.config", "org.apache.kafka.common.security.%s required username=%s password=%s;"
          .formatted(module, quoted(name), quoted(password.map(Secret::reveal).orElse(""))));
    });
    properties.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, String.valueOf(LOOK_WITHIN.toMillis()));
    properties.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, String.valueOf(LOOK_WITHIN.toMillis()));
    return properties;
  }

  /// As the login configuration of Java has it.
  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /// A failure in words. What the library says can quote settings; the kind of failure is enough.
  ///
  /// @param purpose what was to be done with the topic: `write to`
  public ProblemException refused(String topic, String purpose, Throwable failure) {
    var problem = switch (failure) {
      case AuthenticationException _ -> Problem.of(Problem.Code.SERVER_UNREACHABLE,
          "the brokers %s do not accept the sign-in".formatted(brokers),
          "Check user, password, kind of sign-in and encryption.");
      case AuthorizationException _ -> Problem.of(Problem.Code.SERVER_UNREACHABLE,
          "the user may not %s the topic %s".formatted(purpose, topic),
          "Let the user do so: the operation DESCRIBE on the topic, WRITE to write and READ to read.");
      case InvalidTopicException _ -> Problem.of(Problem.Code.INVALID_DEFINITION,
          "'%s' is no name of a topic".formatted(topic),
          "Letters, digits, dots, underscores and hyphens; at most 249 of them.");
      case UnknownTopicOrPartitionException _ -> Problem.of(Problem.Code.NOT_FOUND,
          "there is no topic %s".formatted(topic), "Create it at the brokers %s.".formatted(brokers));
      default -> Problem.of(Problem.Code.SERVER_UNREACHABLE,
          "none of the brokers %s answers (%s)".formatted(brokers, failure.getClass().getSimpleName()),
          "Check hosts, ports and encryption.");
    };
    return new ProblemException(problem, failure);
  }
}
