package portrait;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import portrait.foundation.model.Identity;
import portrait.foundation.security.Role;
import portrait.processes.demo.DemoSize;

/// The sample shop and one of everything else that a page can show: households, exports, failures, refused messages,
/// erased people, backups, and names of visitors who mean no good.
final class FullHome {

  private static final DemoSize SHOP = new DemoSize(40, 400, 7);
  private static final List<String> FIRST_NAMES = List.of("Anna", "Bruno", "Clara", "David", "Emma", "Felix", "Greta",
      "Hugo");
  private static final List<String> FAMILY_NAMES = List.of("Abelard", "Bergmann", "Castell", "Dorvald", "Eriksen",
      "Fontaine", "Grimaldi", "Hollander", "Ingersoll", "Jankowski");

  private static final String MORE = """
      kind: Measure
      name: orders_by_channel
      spec: { title: Orders by channel, event: Order Completed, dimensions: { channel: channel }, calculations: { orders: { aggregate: count } } }
      ---
      kind: Purpose
      name: newsletter
      spec: { title: Newsletter, unknown: denied }
      ---
      kind: MergePolicy
      name: newest-city
      spec: { title: Newest city, attributes: { city: most_recent } }
      ---
      kind: Segment
      name: press-list
      spec: { title: Press, static: true }
      ---
      kind: Schedule
      name: nightly
      spec: { run: refresh, at: ["03:00"], active: false }
      ---
      kind: Connection
      name: team-mail
      spec: { title: Team, type: email, settings: { host: localhost, from: shop@example.com, to: team@example.com } }
      ---
      kind: Trigger
      name: many-shoe-fans
      spec: { title: Many shoe fans, when: segment_size, segment: leather-shoe-fans, above: 10000, connection: team-mail }
      ---
      kind: Export
      name: shoe-fans
      spec: { title: Shoe fans, connection: data-lake, segments: [gold-in-lyon, high-value], columns: [city] }
      ---
      kind: Enrichment
      name: phones
      spec: { title: Phone numbers, provider: phone, settings: { country: FR }, inputs: { phone: phone }, attributes: { phone_e164: e164 } }
      ---
      kind: Source
      name: town
      spec: { title: Town register, tables: [ { name: people, path: people.csv, key: id }, { name: accounts, path: accounts.csv, key: id } ] }
      """;

  private static final String VISITORS = """
      {"batch": [
        {"type": "identify", "messageId": "nasty", "userId": "nasty",
         "traits": {"name": "<img src=x onerror=alert(1)> \\"مريم\\"", "city": "A-very-long-name-of-a-town-without-any-break-in-it-at-all",
           "email": "somebody.with.a.very.long.address@subdomain.of.a.very.long.example.org"}},
        {"type": "track", "messageId": "bare", "anonymousId": "bare", "event": "Product Viewed"}]}""";

  private FullHome() {}

  /// Fills a home that is empty.
  static void fill(TestPortrait portrait, Path home) {
    var parts = portrait.parts();
    town(home);
    parts.demo().fill(home.resolve("demo"), SHOP, (_, _, _) -> {});
    // Data leave only where somebody agreed to it in a form.
    portrait.submit("/connections/new", "type=disk&title=Data+lake&setting:folder=lake&agree=yes");
    portrait.apply(MORE);
    var unification = parts.definitions().find("Unification", "customers").orElseThrow();
    portrait.apply(unification.edited(spec -> {
      spec.withArray("tables").addObject().put("table", "town.people");
      spec.withArray("tables").addObject().put("table", "town.accounts");
      spec.withArray("rules").addObject().put("name", "likely the same person").put("type", "probabilistic");
    }));
    portrait.collect("/v1/batch", VISITORS);
    portrait.collect("/v1/track", "{\"event\": \"Nobody did this\"}");
    portrait.refresh();
    portrait.rollOut();
    parts.jobs().await(parts.exports().start("shoe-fans", false, "owner"));
    parts.jobs().await(parts.enrichments().start("phones", "owner"));
    parts.jobs().await(parts.backups().start("owner").job());
    parts.jobs().await(parts.privacy().erase(List.of(new Identity("user_id", "long-gone")), "ticket 7", "owner").job());
    parts.security().createKey(Role.COLLECT, "Shop on the web");
    failed(portrait, home);
  }

  private static void failed(TestPortrait portrait, Path home) {
    try {
      Files.delete(home.resolve("accounts.csv"));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    portrait.parts().jobs().await(portrait.parts().refresh().start(Optional.empty(), "owner"));
  }

  private static void town(Path home) {
    var people = new ArrayList<>(List.of("id,first_name,last_name,email,birth_date,street,postcode,city"));
    var accounts = new ArrayList<>(people);
    for (int number = 0; number < FIRST_NAMES.size() * FAMILY_NAMES.size(); number++) {
      String first = FIRST_NAMES.get(number % FIRST_NAMES.size());
      int house = number / FIRST_NAMES.size();
      String last = FAMILY_NAMES.get(house);
      String rest = "%s.%s@example.org,19%02d-%02d-%02d,%d Mill Road,%05d,%sville".formatted(
          first.toLowerCase(Locale.ROOT), last.toLowerCase(Locale.ROOT), 40 + number % 50, 1 + number % 12,
          1 + number % 28, 3 + house, 10000 + house * 37, last);
      people.add("p%d,%s,%s,%s".formatted(number, first, last, rest));
      accounts.add("a%d,%s,%s,%s".formatted(number, first,
          number % 3 == 0 ? last.substring(0, 5) + last.substring(6) : last, rest));
    }
    try {
      Files.write(home.resolve("people.csv"), people);
      Files.write(home.resolve("accounts.csv"), accounts);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
