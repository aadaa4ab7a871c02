package portrait.stages.exports;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.foundation.connections.Connections;
import portrait.foundation.files.Counterpart;
import portrait.foundation.files.Counterparts;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.stages.exports.RunReport.Status;
import tools.jackson.databind.json.JsonMapper;

/// Messages in topics of a real broker, read by the official client.
class KafkaTest {

  private static final int PARTITIONS = 3;

  @TempDir
  static Path folder;
  private static Counterpart broker;
  private static KafkaConsumer<String, String> reader;

  @TempDir
  Path home;
  private TestPortrait portrait;
  private String topic = "";

  @BeforeAll
  static void start() {
    broker = Counterparts.kafka(folder);
    reader = new KafkaConsumer<>(Counterparts.kafkaSettings(broker.port()), new StringDeserializer(),
        new StringDeserializer());
  }

  @AfterAll
  static void stop() {
    reader.close();
    broker.close();
  }

  @BeforeEach
  void open() throws Exception {
    topic = "customers-" + home.getFileName();
    try (var admin = Admin.create(Counterparts.kafkaSettings(broker.port()))) {
      admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1))).all().get();
    }
    portrait = TestPortrait.in(home);
    portrait.parts().connections().putSecret("kafka.password", Secret.of(Counterparts.SECRET), "test");
    connect("kafka", broker.port(), Counterparts.USER);
    apply(topic, "message");
  }

  private void connect(String name, int port, String user) {
    portrait.apply("""
        kind: Connection
        name: %s
        spec: { type: kafka, settings: { brokers: "127.0.0.1:%d", security: none, sign_in: plain, user: %s, password: { secret: kafka.password } } }
        """.formatted(name, port, user));
    portrait.parts().connections().agree(name, Connections.PRIVACY_TEXT, "test");
  }

  private void apply(String topic, String leaving) {
    portrait.apply("""
        kind: Segment
        name: lyon
        spec: { where: "city = 'Lyon'" }
        ---
        kind: Export
        name: lyon
        spec: { connection: kafka, segments: [lyon], columns: [first_name], live: true, settings: { topic: %s, leaving: %s } }
        """.formatted(topic, leaving));
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  private void person(String id, String city) {
    assertEquals(200, portrait.collect("/v1/identify",
        "{\"userId\": \"%s\", \"traits\": {\"city\": \"%s\", \"first_name\": \"%s\"}}".formatted(id, city, id))
        .statusCode());
  }

  private RunReport run() throws InterruptedException {
    portrait.passUnnoticed(Duration.ofSeconds(1));
    return portrait.parts().exports().run("lyon", false, Progress.silent(), "test");
  }

  /// All messages of the topic.
  private List<ConsumerRecord<String, String>> messages() {
    var partitions = IntStream.range(0, PARTITIONS).mapToObj(
        number -> new TopicPartition(topic, number)).toList();
    reader.assign(partitions);
    reader.seekToBeginning(partitions);
    var ends = reader.endOffsets(partitions);
    var found = new ArrayList<ConsumerRecord<String, String>>();
    while (partitions.stream().anyMatch(one -> reader.position(one) < ends.get(one))) {
      reader.poll(Duration.ofMillis(100)).forEach(found::add);
    }
    return found;
  }

  @Test
  void eachCustomerIsAMessageWithTheirIdAsKey() throws InterruptedException {
    for (int i = 0; i < 7; i++) {
      person("u" + i, "Lyon");
    }

    var report = run();

    assertEquals(Status.DONE, report.status());
    assertEquals(7, report.counts().entered());
    var messages = messages();
    assertEquals(7, messages.size());
    assertEquals(7, new HashSet<>(messages.stream().map(ConsumerRecord::key).toList()).size());
    var message = messages.getFirst();
    var content = JsonMapper.shared().readTree(message.value());
    assertEquals(message.key(), content.path("customerId").asString());
    assertEquals("entered", content.path("change").asString());
    assertEquals("[\"lyon\"]", content.path("segments").toString());
    assertEquals("lyon", content.path("export").asString());
    assertEquals(7, new HashSet<>(messages.stream().map(one -> new String(one.headers().lastHeader("id").value(),
        StandardCharsets.UTF_8)).toList()).size());
    assertEquals("1 broker answers", portrait.parts().exports().verify(portrait.parts().connections().one("kafka")));
  }

  @Test
  void whoComesAndGoesIsAMessageByTheNextTickInTheirOrder() {
    portrait.parts().exports().tick();
    for (String city : List.of("Lyon", "Paris", "Lyon")) {
      person("ann", city);
      portrait.passUnnoticed(Duration.ofSeconds(2));
      portrait.parts().exports().tick();
    }

    assertEquals(List.of("entered", "left", "entered"), messages().stream().map(
        message -> JsonMapper.shared().readTree(message.value()).path("change").asString()).toList());
  }

  @Test
  void aCompactedTopicForgetsWhoLeft() throws InterruptedException {
    apply(topic, "tombstone");
    person("ann", "Lyon");
    run();
    person("ann", "Paris");
    run();

    var messages = messages();
    assertEquals(2, messages.size());
    assertEquals(messages.getFirst().key(), messages.getLast().key());
    assertEquals(null, messages.getLast().value());
  }

  @Test
  void aMessageThatIsTooLargeIsRefusedAndTheOthersAreSent() throws InterruptedException {
    var random = new Random(7);
    var name = new StringBuilder();
    random.ints(60_000, 'a', 'z' + 1).forEach(name::appendCodePoint);
    portrait.collect("/v1/identify",
        "{\"userId\": \"large\", \"traits\": {\"city\": \"Lyon\", \"first_name\": \"%s\"}}".formatted(name.substring(0,
            28_000)));
    person("ann", "Lyon");

    var report = run();

    assertEquals(1, report.counts().refused());
    assertEquals(1, messages().size());
  }

  @Test
  void whatIsWrongIsNamedWithoutSecrets() throws IOException {
    connect("stranger", broker.port(), "stranger");
    assertSays("do not accept the sign-in", "stranger");
    connect("nowhere", 1, Counterparts.USER);
    assertSays("none of the brokers 127.0.0.1:1 answers", "nowhere");

    apply("nothing-there", "message");
    person("ann", "Lyon");
    var failure = assertThrows(ProblemException.class, this::run);
    assertEquals("there is no topic nothing-there", failure.getMessage());
  }

  private void assertSays(String part, String connection) {
    var failure = assertThrows(ProblemException.class,
        () -> portrait.parts().exports().verify(portrait.parts().connections().one(connection)));
    assertTrue(failure.getMessage().contains(part), failure.getMessage());
    assertFalse(failure.problem().toString().contains(Counterparts.SECRET));
  }
}
