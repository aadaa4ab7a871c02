package portrait.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Schema;
import portrait.foundation.warehouse.WarehouseSession;

/// Invented people with about a quarter of surplus records, one in five living with the one before, from a fixed seed.
final class GeneratedPeople {

  static final List<String> ATTRIBUTES = List.of("first_name", "last_name", "email", "phone", "birth_date", "street",
      "postcode", "city");
  private static final double[] EMPTY = {0.015, 0.015, 0.2, 0.25, 0.22, 0.15, 0.1, 0.08};
  private static final long SEED = 42;

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final Words firstNames = new Words(1_000, 0.9);
  private final Words lastNames = new Words(120_000, 0.75);
  private final Words streets = new Words(2_400, 0.3);
  private final Words cities = new Words(1_500, 0.8);

  /// Lays `labelled` and `true_pair`, as [LabelledSet] does.
  static void lay(WarehouseSession session, int records) {
    var columns = new ArrayList<Schema.Column>();
    columns.add(Schema.Column.of("id", ColumnType.INTEGER));
    columns.add(Schema.Column.of("source", ColumnType.INTEGER));
    columns.add(Schema.Column.of("entity", ColumnType.INTEGER));
    ATTRIBUTES.forEach(attribute -> columns.add(Schema.Column.of(attribute, ColumnType.STRING)));
    session.create("labelled", new Schema(columns));
    session.append("labelled", new GeneratedPeople().rows().limit(records));
    session.execute("CREATE TABLE true_pair AS SELECT l.id AS one, r.id AS other FROM labelled AS l JOIN labelled AS r "
        + "ON l.entity = r.entity AND l.id < r.id");
  }

  /// Writes `data/crm.csv`, `data/web.csv` and `data/pos.csv`, a table for each source.
  ///
  /// @param changed one in how many rows has another street than before; 0 for none
  static void write(Path folder, int records, int changed) throws IOException {
    Files.createDirectories(folder.resolve("data"));
    String header = "id," + String.join(",", ATTRIBUTES) + "\n";
    try (var crm = Files.newBufferedWriter(folder.resolve("data/crm.csv"));
        var web = Files.newBufferedWriter(folder.resolve("data/web.csv"));
        var pos = Files.newBufferedWriter(folder.resolve("data/pos.csv"))) {
      var tables = List.of(crm, web, pos);
      for (var table : tables) {
        table.write(header);
      }
      var rows = new GeneratedPeople().rows().limit(records).iterator();
      for (int number = 1; rows.hasNext(); number++) {
        var row = rows.next();
        if (changed > 0 && number % changed == 0) {
          row[3 + ATTRIBUTES.indexOf("street")] = number % 200 + " moved street";
        }
        var line = new StringBuilder().append(row[0]);
        for (int place = 3; place < row.length; place++) {
          line.append(',').append(row[place] == null ? "" : row[place]);
        }
        tables.get(((Number) Objects.requireNonNull(row[1])).intValue()).write(line.append('\n').toString());
      }
    }
  }

  private Stream<@Nullable Object[]> rows() {
    long[] number = new long[2];
    String[][] before = {person()};
    return Stream.generate(() -> {
      number[0]++;
      String[] person = person();
      if (random.nextDouble() < 0.2) {
        for (int shared : new int[]{1, 5, 6, 7}) {
          person[shared] = before[0][shared];
        }
        person[3] = random.nextInt(3) == 0 ? before[0][3] : person[3];
      }
      before[0] = person.clone();
      var rows = new ArrayList<@Nullable Object[]>();
      int copies = copies();
      for (int copy = 0; copy < copies; copy++) {
        String[] said = person.clone();
        if (copy > 0) {
          spoil(said);
        }
        number[1]++;
        rows.add(row(number[1], number[0], said));
      }
      return rows;
    }).flatMap(List::stream);
  }

  private int copies() {
    double luck = random.nextDouble();
    return luck < 0.8 ? 1 : luck < 0.93 ? 2 : luck < 0.975 ? 3 : luck < 0.992 ? 4 : 5 + random.nextInt(4);
  }

  private @Nullable Object[] row(long id, long entity, String[] said) {
    var row = new @Nullable Object[3 + said.length];
    row[0] = id;
    row[1] = (long) random.nextInt(3);
    row[2] = entity;
    for (int place = 0; place < said.length; place++) {
      boolean isEmpty = random.nextDouble() < EMPTY[place];
      row[3 + place] = isEmpty ? null : random.nextInt(3) == 0 ? said[place].toUpperCase(Locale.ROOT) : said[place];
    }
    return row;
  }

  private String[] person() {
    String first = firstNames.pick();
    String last = lastNames.pick();
    int city = cities.rank();
    return new String[]{first, last, email(first, last), phone(), "%d-%02d-%02d".formatted(random.nextInt(1940, 2008),
        random.nextInt(1, 13), random.nextInt(1, 29)), random.nextInt(1, 200) + " " + streets.pick() + " street",
        postcode(city), cities.words[city]};
  }

  private String postcode(int city) {
    return "%05d".formatted(city * 61 + random.nextInt(8));
  }

  private String phone() {
    return "06%08d".formatted(random.nextInt(100_000_000));
  }

  private String email(String first, String last) {
    return switch (random.nextInt(3)) {
      case 0 -> first + "." + last + random.nextInt(100);
      case 1 -> last + first + random.nextInt(1000);
      default -> first.charAt(0) + last + random.nextInt(100);
    } + "@" + List.of("example.com", "example.org", "example.net").get(random.nextInt(3));
  }

  /// What happens to a second record of the same person.
  private void spoil(String[] said) {
    double[] slips = {0.14, 0.14, 0.08, 0.06, 0.08, 0.14, 0.05, 0.05};
    if (random.nextDouble() < 0.12) {
      said[0] = said[0].substring(0, Math.max(2, said[0].length() - 2));
    }
    for (int place = 0; place < said.length; place++) {
      said[place] = random.nextDouble() < slips[place] ? slip(said[place]) : said[place];
    }
    if (random.nextDouble() < 0.04) {
      said[0] = said[0].substring(0, 1);
    }
    if (random.nextDouble() < 0.04) {
      said[1] = lastNames.pick();
    }
    if (random.nextDouble() < 0.03) {
      String first = said[0];
      said[0] = said[1];
      said[1] = first;
    }
    said[2] = random.nextDouble() < 0.22 ? email(said[0], said[1]) : said[2];
    said[3] = random.nextDouble() < 0.19 ? phone() : said[3];
    if (random.nextDouble() < 0.15) {
      System.arraycopy(person(), 5, said, 5, 3);
    }
  }

  private String slip(String text) {
    if (text.length() < 3) {
      return text;
    }
    int at = random.nextInt(text.length() - 1);
    char letter = Character.isDigit(text.charAt(at)) ? (char) ('0' + random.nextInt(10))
        : (char) ('a' + random.nextInt(26));
    return switch (random.nextInt(4)) {
      case 0 -> text.substring(0, at) + text.substring(at + 1);
      case 1 -> text.substring(0, at) + letter + text.substring(at);
      case 2 -> text.substring(0, at) + letter + text.substring(at + 1);
      default -> text.substring(0, at) + text.charAt(at + 1) + text.charAt(at) + text.substring(at + 2);
    };
  }

  /// Invented words; the one of rank r is drawn with weight 1 / (r + 3) to a power.
  private final class Words {

    private final String[] words;
    private final double[] upTo;

    Words(int count, double power) {
      var made = new LinkedHashSet<String>();
      while (made.size() < count) {
        var word = new StringBuilder();
        for (int syllable = 2 + random.nextInt(3); syllable > 0; syllable--) {
          word.append("bcdfghjklmnprstvwz".charAt(random.nextInt(18))).append("aeiou".charAt(random.nextInt(5)));
        }
        made.add(word.toString());
      }
      words = made.toArray(String[]::new);
      upTo = new double[count];
      double sum = 0;
      for (int rank = 0; rank < count; rank++) {
        sum += Math.pow(rank + 3, -power);
        upTo[rank] = sum;
      }
    }

    int rank() {
      int place = Arrays.binarySearch(upTo, random.nextDouble() * upTo[upTo.length - 1]);
      return place < 0 ? Math.min(words.length - 1, -place - 1) : place;
    }

    String pick() {
      return words[rank()];
    }
  }
}
