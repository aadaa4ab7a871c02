package portrait.stages.matching;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Schema;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;

/// Invented people with duplicates, typing errors, gaps and households, from a seed.
final class TestPeople {

  static final List<String> ATTRIBUTES = List.of("first_name", "last_name", "email", "phone", "birth_date", "street",
      "postcode", "city");
  private static final String CONSONANTS = "bcdfghjklmnprstvwz";
  private static final String VOWELS = "aeiou";

  private final SplittableRandom random;
  private final String[] firstNames;
  private final String[] lastNames;
  private final String[] streets;
  private final List<@Nullable String[]> rows = new ArrayList<>();

  private TestPeople(long seed) {
    random = new SplittableRandom(seed);
    firstNames = words(120);
    lastNames = words(500);
    streets = words(200);
  }

  /// Rows of key, entity and the attributes. One person in four has a second record, one in five shares name and address
  /// with the one before.
  static List<@Nullable String[]> rows(int people, long seed) {
    var made = new TestPeople(seed);
    String[] before = made.person();
    for (int entity = 0; entity < people; entity++) {
      String[] person = made.person();
      if (made.random.nextInt(5) == 0) {
        for (int shared : new int[]{1, 5, 6, 7}) {
          person[shared] = before[shared];
        }
      }
      made.add(entity, person);
      if (made.random.nextInt(4) == 0) {
        made.add(entity, made.changed(person));
      }
      before = person;
    }
    return made.rows;
  }

  /// Lays rows into the table `people`, numbered by key.
  static void lay(WarehouseSession session, List<@Nullable String[]> rows) {
    var columns = new ArrayList<>(List.of("key", "entity"));
    columns.addAll(ATTRIBUTES);
    session.create("raw", new Schema(columns.stream().map(name -> Schema.Column.of(name, ColumnType.STRING)).toList()));
    session.append("raw", rows.stream().map(row -> Arrays.copyOf(row, row.length, Object[].class)));
    session.execute("CREATE OR REPLACE TABLE people AS SELECT CAST(row_number() OVER (ORDER BY key) AS INTEGER) AS id, "
        + "0 AS source, * FROM raw");
  }

  static MatchTask task() {
    var rule = new ProbabilisticRule(List.of(), ProbabilisticRule.suggested(ATTRIBUTES), List.of(),
        ProbabilisticRule.Pairs.ALL, java.util.Optional.empty(), true);
    return new MatchTask("test", rule, Sql.of("SELECT * FROM people"));
  }

  private void add(int entity, String[] person) {
    var row = new @Nullable String[2 + person.length];
    row[0] = "r%06d".formatted(rows.size());
    row[1] = String.valueOf(entity);
    for (int place = 0; place < person.length; place++) {
      row[2 + place] = random.nextInt(10) == 0 ? null : person[place];
    }
    rows.add(row);
  }

  private String[] person() {
    String first = pick(firstNames);
    String last = pick(lastNames);
    int town = random.nextInt(40);
    return new String[]{first, last, first + "." + last + random.nextInt(1000) + "@example.org",
        "06" + String.format("%08d", random.nextInt(100_000_000)),
        "%d-%02d-%02d".formatted(random.nextInt(1940, 2008), random.nextInt(1, 13), random.nextInt(1, 29)),
        random.nextInt(1, 200) + " " + pick(streets) + " street", "%05d".formatted(town * 131 + random.nextInt(5)),
        lastNames[town]};
  }

  private String[] changed(String[] person) {
    String[] changed = person.clone();
    for (int place : new int[]{0, 1, 5}) {
      changed[place] = random.nextInt(6) == 0 ? typo(changed[place]) : changed[place];
    }
    if (random.nextInt(4) == 0) {
      changed[2] = typo(changed[1]) + random.nextInt(1000) + "@example.net";
    }
    if (random.nextInt(5) == 0) {
      changed[3] = "06" + String.format("%08d", random.nextInt(100_000_000));
    }
    return changed;
  }

  private String typo(String text) {
    int at = random.nextInt(text.length() - 1);
    return text.substring(0, at) + (char) ('a' + random.nextInt(26)) + text.substring(at + 1);
  }

  /// The first are the most frequent.
  private String pick(String[] words) {
    return words[(int) (words.length * Math.pow(random.nextDouble(), 1.7))];
  }

  private String[] words(int count) {
    String[] words = new String[count];
    for (int place = 0; place < count; place++) {
      var word = new StringBuilder();
      for (int syllable = random.nextInt(2, 5); syllable > 0; syllable--) {
        word.append(CONSONANTS.charAt(random.nextInt(CONSONANTS.length())))
            .append(VOWELS.charAt(random.nextInt(VOWELS.length())));
      }
      words[place] = word.toString();
    }
    return words;
  }
}
