package portrait.processes.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The files of the shop: the rows written by hand (examples/shop), moved in time so that the newest is new, and as many
/// generated ones as asked for.
final class ShopFiles {

  private static final Charset LOYALTY_ENCODING = Charset.forName("windows-1252");
  private static final Pattern MOMENT = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
  private static final Pattern DATA_PATH = Pattern.compile("path: data/(\\S+)");
  /// The newest moment in the rows written by hand.
  private static final Instant WRITTEN = Instant.parse("2026-11-19T20:42:33Z");

  private ShopFiles() {}

  /// Writes data and definitions; the same arguments make the same bytes.
  static void write(Path folder, DemoSize size, Instant now) {
    var dice = new Dice(new SplittableRandom(size.seed()));
    var people = new People(dice, now);
    people.add(size.people());
    var visits = new Visits(dice, now);
    visits.add(people.visitors, size.events());
    // Whole days, so that people keep their habits.
    var later = Duration.ofDays(Duration.between(WRITTEN, now).toDays());
    try {
      Files.createDirectories(folder);
      var utf8 = StandardCharsets.UTF_8;
      Files.write(folder.resolve("contacts.csv"), joined("data/contacts.csv", utf8, later, people.contacts), utf8);
      for (String companies : List.of("companies.csv", "debtors.csv")) {
        Files.write(folder.resolve(companies), lines("data/" + companies, utf8), utf8);
      }
      Files.write(folder.resolve("loyalty.csv"), joined("data/loyalty.csv", LOYALTY_ENCODING, later, people.cards),
          LOYALTY_ENCODING);
      Files.write(folder.resolve("orders.csv"), joined("data/orders.csv", utf8, later, visits.orders), utf8);
      Files.write(folder.resolve("events.jsonl"), joined("data/events.jsonl", utf8, later, visits.lines()), utf8);
      Files.writeString(folder.resolve("shop.yaml"),
          DATA_PATH.matcher(String.join("\n", lines("shop.yaml", utf8)) + "\n").replaceAll(
              found -> Matcher.quoteReplacement("path: " + quoted(folder.toAbsolutePath().resolve(found.group(1))))));
    } catch (IOException failure) {
      throw new UncheckedIOException("cannot write the sample shop to " + folder, failure);
    }
  }

  private static List<String> joined(String resource, Charset encoding, Duration later, List<String> generated)
      throws IOException {
    var all = new ArrayList<String>(generated.size() + 64);
    for (String line : lines(resource, encoding)) {
      all.add(MOMENT.matcher(line).replaceAll(
          found -> Matcher.quoteReplacement(Instant.parse(found.group()).plus(later).toString())));
    }
    all.addAll(generated);
    return all;
  }

  private static String quoted(Path path) {
    return '"' + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static List<String> lines(String resource, Charset encoding) throws IOException {
    try (var stream = ShopFiles.class.getResourceAsStream("shop/" + resource)) {
      if (stream == null) {
        throw new IllegalStateException("the build left out the sample shop: shop/" + resource);
      }
      return new String(stream.readAllBytes(), encoding).lines().toList();
    }
  }
}
