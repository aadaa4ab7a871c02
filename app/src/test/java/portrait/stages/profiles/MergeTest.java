package portrait.stages.profiles;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MergeTest {

  private static final Instant JANUARY = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant MAY = Instant.parse("2026-05-01T00:00:00Z");
  private static final MergePolicy POLICY = new MergePolicy(List.of("shop.contacts", "shop.loyalty"),
      MergePolicy.Rule.IMPORTANCE,
      Map.of("city", MergePolicy.Rule.MOST_RECENT, "joined", MergePolicy.Rule.LEAST_RECENT));

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

  private static Map<String, Object> merged(Fragment... fragments) {
    return Profiles.merge(List.of(fragments), POLICY).values();
  }
}
