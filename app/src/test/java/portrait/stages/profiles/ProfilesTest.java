package portrait.stages.profiles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import portrait.foundation.database.Database;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.stages.identity.CustomerKey;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import portrait.stages.policies.MergePolicy;

/// What the profile tables promise on every engine.
@ParameterizedClass
@EnumSource(TestDatabases.Product.class)
class ProfilesTest {

  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final MergePolicy POLICY = MergePolicy.importance(List.of());

  private final Profiles profiles = new Profiles();
  private Database database;

  private final TestDatabases.Product product;

  ProfilesTest(TestDatabases.Product product) {
    this.product = product;
  }

  @BeforeEach
  void open(@TempDir Path folder) {
    database = Database.open(product.settings(folder), List.of(Profiles.migrations()));
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void everyTypeOfAttributeSurvivesTheStore() {
    var traits = (ObjectNode) JsonMapper.shared().readTree("""
        {"name": "Zoë", "age": 41, "score": 1.5, "vip": true, "address": {"city": "Lyon"}, "tags": ["a", "b"]}""");
    var attributes = new TreeMap<String, @Nullable Object>(Profiles.attributes(traits));
    attributes.put("born", LocalDate.parse("1985-05-04"));
    attributes.put("joined", NOON);
    put(new Fragment(1, "live", attributes, NOON));

    var fragment = database.read(tx -> profiles.fragments(tx, List.of(1L))).getFirst();

    assertEquals(attributes, fragment.attributes());
    assertEquals("Lyon", fragment.attributes().get("address.city"));
    var document = Profiles.merge(List.of(fragment), POLICY);
    store(1, document);
    assertEquals(Optional.of(document), database.read(tx -> profiles.document(tx, customer(1))));
    assertEquals(document.values(),
        database.read(tx -> profiles.profile(tx, customer(1))).orElseThrow().attributes());
  }

  @Test
  void traitsMayArriveInAnyOrderAndTheLatestOfEachCounts() {
    var blank = new TreeMap<String, @Nullable Object>();
    blank.put("phone", null);
    put(new Fragment(1, "live", Map.of("city", "Lyon", "phone", "1"), NOON));
    put(new Fragment(1, "live", Map.of("city", "Paris", "plan", "free"), NOON.minusSeconds(60)));
    put(new Fragment(1, "live", blank, NOON.plusSeconds(1)));

    var fragment = database.read(tx -> profiles.fragments(tx, List.of(1L))).getFirst();

    assertEquals(Map.of("city", "Lyon", "plan", "free"), Profiles.merge(List.of(fragment), POLICY).values());
    assertEquals(NOON, fragment.timeOf("city"));
    assertEquals(NOON.minusSeconds(60), fragment.timeOf("plan"));
    assertEquals(NOON.plusSeconds(1), fragment.timeOf("phone"));
  }

  @Test
  void theFragmentsOfASourceAreReplacedAndOnlyChangesAreWritten() {
    var one = new Fragment(1, "shop.contacts", Map.of("city", "Lyon"), NOON);
    var two = new Fragment(2, "shop.contacts", Map.of("city", "Paris"), null);
    assertEquals(Set.of(1L, 2L), replace(one, two));
    assertEquals(Set.of(), replace(one, two));
    assertEquals(Set.of(2L), replace(one, new Fragment(2, "shop.contacts", Map.of("city", "Nice"), null)));
    assertEquals(Set.of(2L), replace(one));
    assertEquals(List.of(one), database.read(tx -> profiles.fragments(tx, List.of(1L, 2L))));
  }

  @Test
  void customersAreFoundByTheBeginningsOfWords() {
    store(1, document(Map.of("first_name", "Zoë", "last_name", "Müller-Lüdenscheidt")), "zoe@example.com");
    store(2, document(Map.of("first_name", "Zora")), "mobile_guest123");

    assertEquals(List.of(2L, 1L), found("zo"));
    assertEquals(List.of(1L), found("ZOE mull"));
    assertEquals(List.of(1L), found("luden example"));
    assertEquals(List.of(2L), found("guest123"));
    assertEquals(List.of(), found("oe"));
    assertEquals(List.of(), found("@"));
    assertEquals(List.of(2L, 1L), found(""));
  }

  @Test
  void aChangedCustomerIsFoundByNewWordsOnly() {
    store(1, document(Map.of("city", "Lyon")), "a1");
    store(1, document(Map.of("city", "Paris")), "a1");

    assertEquals(List.of(), found("lyon"));
    assertEquals(List.of(1L), found("paris a1"));
    database.write(tx -> {
      profiles.forget(tx, customer(1));
      return true;
    });
    assertEquals(List.of(), found("paris"));
    assertEquals(new ProfileCounts(0, 0), database.read(profiles::counts));
  }

  @Test
  void everyPageOfASearchContinuesWhereTheLastOneEnded() {
    for (long number = 1; number <= 25; number++) {
      store(number, document(Map.of("city", "Lyon")));
    }
    var all = new ArrayList<Long>();
    Optional<String> cursor = Optional.empty();
    do {
      var from = cursor;
      var page = database.read(tx -> profiles.search(tx, "lyon", Optional.of(true), 10, from));
      page.profiles().forEach(profile -> all.add(profile.customer().number()));
      cursor = page.next();
    } while (cursor.isPresent());

    assertEquals(25, Set.copyOf(all).size());
    assertEquals(25, all.size());
    assertTrue(database.read(tx -> profiles.search(tx, "lyon", Optional.of(false), 10, Optional.empty())).profiles()
        .isEmpty());
    assertEquals(new ProfileCounts(25, 0), database.read(profiles::counts));
  }

  private List<Long> found(String text) {
    return database.read(tx -> profiles.search(tx, text, Optional.empty(), 100, Optional.empty())).profiles().stream()
        .map(profile -> profile.customer().number()).toList();
  }

  private static Document document(Map<String, Object> attributes) {
    return Profiles.merge(List.of(new Fragment(1, "live", new TreeMap<String, @Nullable Object>(attributes), NOON)),
        POLICY);
  }

  private static CustomerKey customer(long number) {
    return new CustomerKey(number, new CustomerId(new UUID(0, number)));
  }

  private void store(long number, Document document, String... anonymousIds) {
    var identities = List.of(anonymousIds).stream().map(id -> new Identity("anonymous_id", id)).toList();
    database.write(tx -> {
      profiles.store(tx, new Profile(customer(number), "person", true, document.values(), NOON, NOON), document,
          identities);
      return true;
    });
  }

  private void put(Fragment fragment) {
    database.write(tx -> {
      profiles.putFragment(tx, fragment);
      return true;
    });
  }

  private Set<Long> replace(Fragment... fragments) {
    return profiles.replaceFragments(database, "shop.contacts", List.of(fragments).iterator(), done -> {});
  }
}
