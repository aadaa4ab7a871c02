package portrait.stages.profiles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import portrait.foundation.model.ProblemException;
import tools.jackson.databind.json.JsonMapper;
import portrait.stages.policies.MergePolicy;

class MergeTest {

  private static final Instant JANUARY = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant MAY = Instant.parse("2026-05-01T00:00:00Z");
  private static final MergePolicy POLICY = policy("""
      { "order": ["shop.contacts", "shop.loyalty"], "attributes": { "city": "most_recent", "joined": "least_recent" } }
      """);

  @Test
  void theMoreImportantTableWinsAndTheOtherFillsTheGaps() {
    assertEquals(Map.of("name", "Ann", "points", 7L), merged(
        new Fragment(2, "shop.loyalty", Map.of("name", "Anna", "points", 7L), MAY),
        new Fragment(1, "shop.contacts", Map.of("name", "Ann"), JANUARY)));
  }

  @Test
  void anAttributeCanHaveARuleOfItsOwn() {
    var contacts = new Fragment(1, "shop.contacts", Map.of("city", "Lyon", "joined", "contacts"), JANUARY);
    var loyalty = new Fragment(2, "shop.loyalty", Map.of("city", "Paris", "joined", "loyalty"), MAY);

    assertEquals(Map.of("city", "Paris", "joined", "contacts"), merged(contacts, loyalty));
  }

  @Test
  void betweenTablesAndLiveTheMostRecentWins() {
    var contacts = new Fragment(1, "shop.contacts", Map.of("name", "Ann"), JANUARY);

    assertEquals(Map.of("name", "Annie"), merged(contacts, new Fragment(3, "live", Map.of("name", "Annie"), MAY)));
    assertEquals(Map.of("name", "Ann"),
        merged(contacts, new Fragment(3, "live", Map.of("name", "Annie"), JANUARY.minusSeconds(1))));
    assertEquals(Map.of("name", "Annie"), merged(new Fragment(1, "shop.contacts", Map.of("name", "Ann"), null),
        new Fragment(3, "live", Map.of("name", "Annie"), JANUARY)));
  }

  @Test
  void liveTakesItsPlaceInTheOrderWhenItIsListed() {
    var policy = MergePolicy.importance(List.of("shop.contacts", "live", "shop.loyalty"));

    assertEquals(Map.of("name", "Ann", "tier", "gold"),
        Profiles.merge(List.of(new Fragment(3, "live", Map.of("name", "Annie", "tier", "gold"), MAY),
            new Fragment(1, "shop.contacts", Map.of("name", "Ann"), JANUARY),
            new Fragment(2, "shop.loyalty", Map.of("tier", "silver"), MAY)), policy).values());
  }

  @Test
  void anExplicitNullBlanksTheAttribute() {
    var blank = new TreeMap<String, @Nullable Object>();
    blank.put("name", null);

    assertEquals(Map.of(), merged(new Fragment(1, "shop.contacts", Map.of("name", "Ann"), JANUARY),
        new Fragment(3, "live", blank, MAY)));
  }

  @Test
  void anAttributeCanHaveAnOrderOfItsOwnAndLeaveOtherSourcesOut() {
    var policy = policy(
        """
        { "order": ["shop.contacts"], "attributes": {
            "email": { "order": ["shop.loyalty"] }, "phone": { "order": ["shop.loyalty"], "others": "left_out" } } }""");
    var contacts = new Fragment(1, "shop.contacts", Map.of("name", "Ann", "email", "old", "phone", "1"), MAY);
    var loyalty = new Fragment(2, "shop.loyalty", Map.of("name", "Anna", "email", "new"), JANUARY);

    assertEquals(Map.of("name", "Ann", "email", "new"), Profiles.merge(List.of(contacts, loyalty), policy).values());
  }

  @Test
  void attributesOfAGroupComeFromOneRecordSoThatNoAddressComesOutThatNeverExisted() {
    var policy = policy("""
        { "order": ["shop.contacts", "shop.loyalty"],
          "groups": [ { "attributes": ["street", "city", "zip"], "rule": "most_recent" } ] }""");
    var contacts = new Fragment(1, "shop.contacts",
        Map.of("name", "Ann", "street", "Rue 1", "city", "Lyon", "zip", "69"),
        JANUARY);
    var loyalty = new Fragment(2, "shop.loyalty", Map.of("name", "Anna", "city", "Paris"), MAY);

    assertEquals(Map.of("name", "Ann", "city", "Paris"), Profiles.merge(List.of(contacts, loyalty), policy).values());
    assertEquals("shop.loyalty",
        Objects.requireNonNull(Profiles.merge(List.of(contacts, loyalty), policy).attributes().get("city")).source());
  }

  @Test
  void anAttributeWithTwoRulesIsRefused() {
    var refused = assertThrows(ProblemException.class, () -> policy("""
        { "attributes": { "city": "most_recent" }, "groups": [ { "attributes": ["street", "city"] } ] }"""));

    assertEquals("MergePolicy crm-first: attribute 'city' has two rules but must have one",
        refused.problem().message());
  }

  @Test
  void theOrderOfTheFragmentsDoesNotMatter() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      var fragments = new ArrayList<Fragment>();
      for (int i = 0; i < 6; i++) {
        fragments.add(new Fragment(i, List.of("shop.contacts", "shop.loyalty", "live", "else").get(random.nextInt(4)),
            Map.of(List.of("name", "city", "joined").get(random.nextInt(3)), (long) i),
            random.nextInt(4) == 0 ? null : JANUARY.plusSeconds(random.nextInt(3))));
      }
      var expected = Profiles.merge(fragments, POLICY);
      Collections.shuffle(fragments, random);
      assertEquals(expected, Profiles.merge(fragments, POLICY), "seed " + seed + " " + fragments);
    }
  }

  private static MergePolicy policy(String spec) {
    return MergePolicy.KIND.parse("crm-first", JsonMapper.shared().readTree(spec));
  }

  private static Map<String, Object> merged(Fragment... fragments) {
    return Profiles.merge(List.of(fragments), POLICY).values();
  }
}
