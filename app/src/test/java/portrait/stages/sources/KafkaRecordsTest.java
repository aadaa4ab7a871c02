package portrait.stages.sources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.connections.Connections;
import portrait.foundation.connections.VaultSettings;
import portrait.foundation.files.Counterpart;
import portrait.foundation.files.Counterparts;
import portrait.foundation.files.FileStore;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.records.RecordStore;
import portrait.foundation.records.RecordStores;

/// Tables that come from topics of a real broker.
class KafkaRecordsTest {

  private static final String ORDERS = "{ name: orders, key: id, connection: bus, path: %s, mode: upsert, corrupt_limit: 100%%%s }";
  private static final String COLUMNS = ", columns: [{ name: id }, { name: total, type: number }]";

  @TempDir
  static Path servers;
  private static Counterpart broker;

  @TempDir
  Path folder;
  private SourcesFixture house;
  private Connections connections;
  private KafkaProducer<byte[], byte[]> producer;
  private String topic = "";

  @BeforeAll
  static void start() {
    broker = Counterparts.kafka(servers);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @BeforeEach
  void open() throws Exception {
    topic = "orders-" + folder.getFileName();
    create();
    house = new SourcesFixture(folder);
    connections = new Connections(house.definitions, house.database, RecordStores.CONNECTORS, VaultSettings.in(folder),
        house.clock);
    connections.putSecret("kafka.password", Secret.of(Counterparts.SECRET), "test");
    connect(broker.port());
    producer = producer(Map.of());
    reach(_ -> {});
  }

  @AfterEach
  void close() {
    producer.close();
    house.close();
  }

  private void create() throws Exception {
    try (var admin = Admin.create(Counterparts.kafkaSettings(broker.port()))) {
      admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1))).all().get();
    }
  }

  private void connect(int port) {
    house.definitions.apply("""
        {kind: Connection, name: bus, spec: {type: kafka, settings: {brokers: "127.0.0.1:%d", security: none,
          sign_in: plain, user: %s, password: {secret: kafka.password}}}}""".formatted(port, Counterparts.USER),
        "test");
  }

  private static KafkaProducer<byte[], byte[]> producer(Map<String, String> more) {
    var settings = new Properties();
    settings.putAll(Counterparts.kafkaSettings(broker.port()));
    settings.putAll(more);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /// @param afterRead what happens when the topic is read and nothing is loaded yet
  private void reach(Consumer<RecordStore.Read> afterRead) {
    var stores = new RecordStores(connections, folder);
    house.sources.reachThrough(new Sources.Connected() {
      @Override
      public FileStore open(String connection) {
        throw new AssertionError("no files lie there");
      }

      @Override
      public Optional<RecordStore> records(String connection) {
        return stores.open(connection).map(store -> new RecordStore() {
          @Override
          public String verify() {
            return store.verify();
          }

          @Override
          public Read read(Wanted wanted, Sink sink) {
            var read = store.read(wanted, sink);
            afterRead.accept(read);
            return read;
          }

          @Override
          public void close() {
            store.close();
          }
        });
      }
    });
  }

  private void define(String more) {
    house.define(ORDERS.formatted(topic, more));
  }

  private void say(int partition, @Nullable String key, @Nullable String value) throws Exception {
    say(partition, key, value == null ? null : value.getBytes(StandardCharsets.UTF_8));
  }

  private void say(int partition, @Nullable String key, byte @Nullable [] value) throws Exception {
    producer.send(new ProducerRecord<>(topic, partition, 1_772_000_000_000L,
        key == null ? null : key.getBytes(StandardCharsets.UTF_8), value)).get();
  }

  private LoadResult load() {
    return house.sources.loadFromPath(house.sources.definition("shop.orders").orElseThrow(), folder,
        LoadListener.silent());
  }

  private String totals() {
    return house.query("SELECT string_agg(id || ' ' || total, ', ' ORDER BY id) FROM shop_orders").getFirst()
        .getFirst();
  }

  @Test
  void eachMessageIsReadOnceAndTheLastOfAKeyHolds() throws Exception {
    define(COLUMNS);
    say(0, "a", "{\"id\": \"o1\", \"total\": 1}");
    say(0, "a", "{\"id\": \"o1\", \"total\": 2}");
    say(1, "b", "{\"id\": \"o2\", \"total\": 5}");

    var first = load();
    assertEquals(3, first.rowsRead());
    assertEquals(0, first.rowsRefused(), "an earlier message of a key is no mistake");
    assertEquals("o1 2.0, o2 5.0", totals());

    assertTrue(load().skippedAsSeen());

    say(1, "b", "{\"id\": \"o2\", \"total\": 6}");
    say(1, "c", "{\"id\": \"o3\", \"total\": 7}");
    say(1, "b", "{\"id\": \"o2\", \"total\": 8}");
    assertEquals(3, load().rowsRead());
    assertEquals("o1 2.0, o2 8.0, o3 7.0", totals());
    assertEquals("", house.refused("shop.orders"));
  }

  @Test
  void aCrashBetweenReadingAndLoadingNeitherLosesNorDoublesARow() throws Exception {
    house.define("""
        { name: orders, key: [kafka_partition, kafka_offset], connection: bus, path: %s, mode: upsert }"""
        .formatted(topic));
    say(0, null, "{\"total\": 1}");
    load();
    say(0, null, "{\"total\": 1}");
    say(1, null, "{\"total\": 1}");
    reach(_ -> {
      throw new IllegalStateException("the power fails");
    });
    assertThrows(IllegalStateException.class, this::load);
    assertEquals("1", house.query("SELECT count(*) FROM shop_orders").getFirst().getFirst());

    reach(_ -> {});
    assertEquals(2, load().rowsRead());
    assertEquals(List.of("3", "3"), house.query("SELECT count(*), sum(total) FROM shop_orders").getFirst());
    assertTrue(load().skippedAsSeen());
  }

  @Test
  void aLoadThatIsGivenUpReadsTheSameAgain() throws Exception {
    house.define(ORDERS.formatted(topic, COLUMNS).replace("100%", "10%"));
    say(0, "a", "{\"id\": \"o1\", \"total\": 1}");
    load();
    say(0, "b", "{\"id\": \"o2\", \"total\": \"many\"}");
    say(0, "c", "{\"id\": \"o3\", \"total\": 3}");

    assertEquals(Problem.Code.TOO_MANY_BAD_ROWS, assertThrows(ProblemException.class, this::load).problem().code());
    assertEquals("o1 1.0", totals());
    assertEquals(Problem.Code.TOO_MANY_BAD_ROWS, assertThrows(ProblemException.class, this::load).problem().code(),
        "what was not loaded is read again");
  }

  @Test
  void withoutListedColumnsThereAreThoseOfAllPartitionsAndLaterOnesAreAdded() throws Exception {
    define("");
    assertTrue(assertThrows(ProblemException.class, this::load).getMessage().contains("there is nothing in " + topic));
    say(0, "k1", "{\"id\": \"o1\", \"total\": 1}");
    say(1, "k2", "{\"id\": \"o2\", \"city\": \"Lyon\"}");
    load();
    assertEquals("o1 1 ∅ k1 0 0 2026-02-25T06:13:20Z, o2 ∅ Lyon k2 1 0 2026-02-25T06:13:20Z", known());

    say(0, "k3", "{\"id\": \"o3\", \"total\": 3, \"vip\": true}");
    load();
    assertEquals("o1 1 ∅ ∅, o2 ∅ Lyon ∅, o3 3 ∅ true", house.query("""
        SELECT string_agg(concat_ws(' ', id, coalesce(total::text, '∅'), coalesce(city, '∅'),
          coalesce(vip::text, '∅')), ', ' ORDER BY id) FROM shop_orders""").getFirst().getFirst());
  }

  private String known() {
    return house.query("""
        SELECT string_agg(concat_ws(' ', id, coalesce(total::text, '∅'), coalesce(city, '∅'), kafka_key,
          kafka_partition, kafka_offset, strftime(kafka_time, '%Y-%m-%dT%H:%M:%SZ')), ', ' ORDER BY id)
        FROM shop_orders""").getFirst().getFirst();
  }

  @Test
  void whatIsNoJsonIsRefusedWithItsPlaceAndHoldsNothingUp() throws Exception {
    define(COLUMNS);
    byte[] schema = "?????{\"id\": \"o2\", \"total\": 2}".getBytes(StandardCharsets.UTF_8);
    System.arraycopy(new byte[]{0, 0, 0, 0, 7}, 0, schema, 0, 5);
    say(0, "a", "not JSON");
    say(0, "a", new byte[]{0, 1, 2});
    say(0, "a", new byte[]{'{', (byte) 0xff, '}'});
    say(0, "a", "[1]");
    say(0, "a", "  {}");
    say(0, "a", schema);
    say(0, "a", (byte[]) null);
    say(0, "a", " { \"id\": \"o1\",\n\"total\": 1 } ");

    var result = load();

    assertEquals("o1 1.0, o2 2.0", totals());
    assertEquals(5, result.rowsRefused());
    String refused = house.refused("shop.orders");
    for (String line : List.of(topic + "-0 | 0 | ∅ | not JSON", "| 1 |", "| 2 |", "| 3 |", "| 4 | id |",
        "the record holds a zero byte", "the record is not UTF-8", "the line is JSON but no object",
        "the primary key is empty")) {
      assertTrue(refused.contains(line), line + " in " + refused);
    }
    assertTrue(load().skippedAsSeen());
  }

  @Test
  void aMessageWithoutValueEmptiesTheRowOfItsKey() throws Exception {
    house.define("""
        { name: orders, key: id, connection: bus, path: %s, mode: upsert,
          columns: [{ name: id, from: kafka_key }, { name: total, type: number }] }""".formatted(topic));
    say(0, "ann", "{\"total\": 1}");
    say(0, "bea", "{\"total\": 2}");
    load();
    say(0, "ann", (byte[]) null);
    load();
    assertEquals("ann | ∅\nbea | 2.0\n", house.rows("shop.orders"));
  }

  @Test
  void aTableThatIsReplacedIsTheWholeTopic() throws Exception {
    house.define(ORDERS.formatted(topic, COLUMNS).replace("mode: upsert, ", ""));
    say(0, "a", "{\"id\": \"o1\", \"total\": 1}");
    say(0, "a", "{\"id\": \"o2\", \"total\": 1}");
    load();
    try (var admin = Admin.create(Counterparts.kafkaSettings(broker.port()))) {
      admin.deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(1))).all().get();
    }
    say(0, "a", "{\"id\": \"o2\", \"total\": 3}");
    load();
    assertEquals("o2 3.0", totals());
  }

  @Test
  void aTopicThatWasMadeAnewIsReadFromItsBeginningAndDeletedMessagesDoNotHoldItUp() throws Exception {
    define(COLUMNS);
    say(0, "a", "{\"id\": \"o1\", \"total\": 1}");
    say(0, "a", "{\"id\": \"o2\", \"total\": 1}");
    load();
    say(0, "a", "{\"id\": \"o3\", \"total\": 1}");
    say(0, "a", "{\"id\": \"o4\", \"total\": 1}");
    try (var admin = Admin.create(Counterparts.kafkaSettings(broker.port()))) {
      admin.deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(3))).all().get();
      assertEquals(1, load().rowsRead());
      assertEquals("o1 1.0, o2 1.0, o4 1.0", totals());

      admin.deleteTopics(List.of(topic)).all().get();
      while (admin.listTopics().names().get().contains(topic)) {
        Thread.onSpinWait();
      }
    }
    create();
    producer.close();
    producer = producer(Map.of());
    say(0, "a", "{\"id\": \"o5\", \"total\": 5}");
    // A busy broker may answer for the old topic a moment longer: the next load reads what this one did not see.
    while (load().rowsRead() == 0) {
      Thread.onSpinWait();
    }
    assertEquals("o1 1.0, o2 1.0, o4 1.0, o5 5.0", totals());
  }

  @Test
  void whatAProducerTookBackIsNotRead() throws Exception {
    define(COLUMNS);
    producer.close();
    producer = producer(Map.of("transactional.id", topic));
    producer.initTransactions();
    for (boolean isMeant : new boolean[]{true, false}) {
      producer.beginTransaction();
      say(0, "a", "{\"id\": \"%s\", \"total\": 1}".formatted(isMeant));
      if (isMeant) {
        producer.commitTransaction();
      } else {
        producer.abortTransaction();
      }
    }
    load();
    assertEquals("true 1.0", totals());
  }

  @Test
  void whatIsWrongIsSaidWithoutSecrets() {
    assertEquals("1 broker answers", house.sources.verify("bus").orElseThrow());
    house.define(ORDERS.formatted("nothing-there", COLUMNS));
    assertEquals("there is no topic nothing-there", assertThrows(ProblemException.class, this::load).getMessage());
    house.define("{ name: orders, key: id, connection: bus, query: \"SELECT 1\" }");
    assertEquals("a topic takes no query", assertThrows(ProblemException.class, this::load).getMessage());
    connections.putSecret("kafka.password", Secret.of("another"), "test");
    var refused = assertThrows(ProblemException.class, () -> house.sources.verify("bus"));
    assertTrue(refused.getMessage().contains("do not accept the sign-in"), refused.getMessage());
    assertFalse(refused.problem().toString().contains("another"));
    connect(1);
    assertTrue(assertThrows(ProblemException.class, () -> house.sources.verify("bus")).getMessage()
        .contains("none of the brokers 127.0.0.1:1 answers"));
  }
}
