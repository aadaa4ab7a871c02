package portrait.foundation.records;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Topics of Kafka: each message is a record, in the order of its partition.
///
/// How far was read is the next offset of each partition, and the topic's id. The caller keeps it with the rows; the
/// brokers are told nothing, so there is no second memory that could disagree.
final class KafkaTopic implements RecordStore {

  private static final Logger LOG = LoggerFactory.getLogger(KafkaTopic.class);
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final int SILENT_POLLS_MAX = 30;
  private static final int MESSAGES_A_POLL = 5_000;
  /// Where the topic's id stands among the positions; partitions are numbers.
  private static final String ID = "topic";
  private static final String KEY = "kafka_key";
  /// What a message has beside its value.
  private static final Set<String> ABOUT = Set.of(KEY, "kafka_partition", "kafka_offset", "kafka_time");
  /// Before JSON of producers that name its schema: a zero byte and a number of four.
  private static final int SCHEMA_BYTES = 5;

  private final KafkaCluster cluster;

  KafkaTopic(KafkaCluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public String verify() {
    return cluster.verify();
  }

  @Override
  public Read read(Wanted wanted, Sink sink) {
    String topic = wanted.what();
    if (wanted.isQuery()) {
      throw Problem.of(Problem.Code.INVALID_DEFINITION, "a topic takes no query", "Name the topic with path.")
          .asException();
    }
    var about = cluster.ask(topic, "read", admin -> admin.describeTopics(List.of(topic)).allTopicNames()).values()
        .iterator().next();
    try (var consumer = consumer()) {
      return read(consumer, about, wanted, sink);
    } catch (InterruptException asked) {
      throw new ProblemException(Problem.of(Problem.Code.CANCELLED, "cancelled while reading the topic " + topic),
          asked);
    } catch (KafkaException failure) {
      throw cluster.refused(topic, "read", failure);
    }
  }

  private Consumer<byte[], byte[]> consumer() {
    var properties = cluster.properties();
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, String.valueOf(MESSAGES_A_POLL));
    // What a producer took back was never said.
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /// What is to be read of a partition.
  ///
  /// @param end the offset that the next message will have
  private record Stretch(TopicPartition partition, long from, long end) {}

  private static Read read(Consumer<byte[], byte[]> consumer, TopicDescription about, Wanted wanted, Sink sink) {
    var stretches = stretches(consumer, about, wanted);
    consumer.assign(stretches.keySet());
    stretches.values().forEach(stretch -> consumer.seek(stretch.partition(), stretch.from()));
    boolean keepsKeys = ABOUT.containsAll(wanted.key());
    int silent = 0;
    while (stretches.values().stream().anyMatch(one -> consumer.position(one.partition()) < one.end())) {
      var messages = consumer.poll(POLL);
      for (var message : messages) {
        var partition = new TopicPartition(message.topic(), message.partition());
        var stretch = Objects.requireNonNull(stretches.get(partition));
        if (message.offset() < stretch.end() && (message.value() != null || keepsKeys)) {
          sink.record(partition.toString(), message.offset(), json(message));
        }
      }
      silent = messages.isEmpty() ? silent + 1 : 0;
      if (silent > SILENT_POLLS_MAX) {
        throw Problem.of(Problem.Code.SERVER_UNREACHABLE, "the brokers no longer give messages of the topic %s"
            .formatted(about.name()), "The next refresh reads on where this one began.").asException();
      }
    }
    var positions = new TreeMap<String, String>();
    positions.put(ID, about.topicId().toString());
    stretches.values().forEach(stretch -> positions.put(String.valueOf(stretch.partition().partition()),
        String.valueOf(stretch.end())));
    return new Read(List.of(), positions, true);
  }

  private static Map<TopicPartition, Stretch> stretches(Consumer<byte[], byte[]> consumer, TopicDescription about,
      Wanted wanted) {
    var partitions = about.partitions().stream().map(one -> new TopicPartition(about.name(), one.partition())).toList();
    var begins = consumer.beginningOffsets(partitions);
    boolean isKnown = about.topicId().toString().equals(wanted.positions().get(ID));
    var stretches = new LinkedHashMap<TopicPartition, Stretch>();
    consumer.endOffsets(partitions).forEach((partition, end) -> {
      long known = isKnown
          ? Long.parseLong(wanted.positions().getOrDefault(String.valueOf(partition.partition()), "0"))
          : 0;
      long begin = Optional.ofNullable(begins.get(partition)).orElse(0L);
      stretches.put(partition, new Stretch(partition, start(partition, known, begin, end), end));
    });
    return stretches;
  }

  /// Where a partition is read from: where the last reading ended, or the first message that is still there.
  private static long start(TopicPartition partition, long known, long begin, long end) {
    if (known > end) {
      LOG.warn("{} has fewer messages than were read of it before, it is read from its beginning", partition);
      return begin;
    }
    if (0 < known && known < begin) {
      LOG.warn("{} deleted {} messages before they were read; keep them longer there, or refresh more often",
          partition, begin - known);
    }
    return Math.max(known, begin);
  }

  /// The value with what the message has beside it in front. What is no object stays as it is, to be refused with its
  /// reason. A message without value is an object of what stands beside it.
  private static byte[] json(ConsumerRecord<byte[], byte[]> message) {
    byte @Nullable [] value = message.value();
    var about = about(message);
    if (value == null) {
      return JSON.writeValueAsBytes(about);
    }
    int at = value.length > SCHEMA_BYTES && value[0] == 0 ? SCHEMA_BYTES : 0;
    int open = afterSpace(value, at);
    if (open == value.length || value[open] != '{') {
      return value;
    }
    int next = afterSpace(value, open + 1);
    byte[] front = JSON.writeValueAsBytes(about);
    if (next == value.length || value[next] != '}') {
      front[front.length - 1] = ',';
    } else {
      front = Arrays.copyOf(front, front.length - 1);
    }
    return ByteBuffer.allocate(front.length + value.length - open - 1).put(front)
        .put(value, open + 1, value.length - open - 1).array();
  }

  private static int afterSpace(byte[] text, int from) {
    int at = from;
    while (at < text.length && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r')) {
      at++;
    }
    return at;
  }

  private static ObjectNode about(ConsumerRecord<byte[], byte[]> message) {
    var about = JSON.createObjectNode();
    Optional.ofNullable(message.key()).ifPresent(key -> about.put(KEY, text(key)));
    about.put("kafka_partition", message.partition()).put("kafka_offset", message.offset());
    if (message.timestamp() >= 0) {
      about.put("kafka_time", Instant.ofEpochMilli(message.timestamp()).toString());
    }
    return about;
  }

  /// As text where it is text, else in hexadecimal digits.
  private static String text(byte[] key) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(key)).toString();
      return text.chars().anyMatch(Character::isISOControl) ? HexFormat.of().formatHex(key) : text;
    } catch (CharacterCodingException _) {
      return HexFormat.of().formatHex(key);
    }
  }

  @Override
  public void close() {
    // Each reading has a connection of its own.
  }
}
