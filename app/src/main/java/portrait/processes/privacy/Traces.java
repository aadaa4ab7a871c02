package portrait.processes.privacy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.function.Consumer;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.Schema;
import portrait.foundation.security.AuditEntry;
import portrait.foundation.security.Security;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.processes.refresh.Stages;
import portrait.stages.events.Event;
import portrait.stages.events.EventQuery;
import portrait.stages.events.EventType;
import portrait.stages.events.QuarantinedEvent;
import portrait.stages.identity.KnownIdentity;
import portrait.stages.sources.TableDefinition;
import portrait.stages.sources.Withheld;
import portrait.stages.suppression.Fingerprints;
import portrait.stages.suppression.Suppression;

/// Where one person left traces.
///
/// Rows of tables are found in two ways: by identities in their columns, and because they are what the person did, which
/// also leads to rows that name nobody themselves.
final class Traces implements Withheld {

  private static final int PAGE = 500;
  private static final List<String> PUBLISHED = List.of("Customer", "UnifiedActivity", "Customer_Measure",
      "SegmentMembership");

  private final Stages stages;
  private final Suppression suppression;
  private final Person person;
  private final Fingerprints fingerprints;
  private final Map<String, Set<String>> activities = new HashMap<>();

  Traces(Transaction tx, Stages stages, Suppression suppression, Person person) {
    this.stages = stages;
    this.suppression = suppression;
    this.person = person;
    this.fingerprints = Fingerprints.of(suppression.list(tx).salt(), person.identities());
    forEachEvent(tx, event -> {
      if (event.type() == EventType.ACTIVITY) {
        activities.computeIfAbsent(event.source(), _ -> new HashSet<>()).add(event.id());
      }
    });
  }

  Fingerprints fingerprints() {
    return fingerprints;
  }

  /// Everything the person did, newest first.
  void forEachEvent(Transaction tx, Consumer<Event> use) {
    Optional<String> cursor = Optional.empty();
    do {
      var page = stages.events().ofAnchors(tx, person.numbers(),
          new EventQuery(Optional.empty(), Optional.empty(), Set.of(), PAGE, cursor));
      page.events().forEach(use);
      cursor = page.next();
    } while (cursor.isPresent());
  }

  /// Messages of the quarantine that name the person.
  List<QuarantinedEvent> quarantined(Transaction tx) {
    var found = new ArrayList<QuarantinedEvent>();
    long before = Long.MAX_VALUE;
    while (true) {
      var page = stages.events().quarantined(tx, before, PAGE);
      page.messages().stream().filter(message -> fingerprints.mentions(message.original().bytes()))
          .forEach(found::add);
      if (page.next().isEmpty()) {
        return found;
      }
      before = page.messages().getLast().number();
    }
  }

  @Override
  public Optional<Sql> rows(WarehouseSession session, TableDefinition table, Schema columns) {
    var conditions = new ArrayList<Sql>();
    suppression.rows(session, table, columns, fingerprints).ifPresent(conditions::add);
    done(table, columns).ifPresent(conditions::add);
    return conditions.isEmpty() ? Optional.empty()
        : Optional.of(Sql.join(" OR ", conditions.stream().map(each -> Sql.format("({})", each)).toList()));
  }

  /// Rows that stand on the person's timeline. The id of an activity is its table and key; what a second definition over
  /// the same table adds begins with a bar as well.
  private Optional<Sql> done(TableDefinition table, Schema columns) {
    var ids = activities.getOrDefault(table.fullName(), Set.of());
    if (ids.isEmpty() || !table.key().stream().allMatch(key -> columns.column(key).isPresent())) {
      return Optional.empty();
    }
    var key = Sql.join(" || '|' || ",
        table.key().stream().map(column -> Sql.format("trim(CAST({} AS VARCHAR))", Sql.name(column))).toList());
    var names = stages.activities().definitions().stream().map(activity -> "|" + activity.name()).toList();
    var keys = new HashSet<String>();
    ids.forEach(id -> {
      String rest = id.substring(Math.min(id.length(), table.fullName().length() + 1));
      keys.add(rest);
      names.stream().filter(rest::endsWith).forEach(name -> keys.add(rest.substring(0, rest.length() - name.length())));
    });
    return Optional.of(Sql.format("coalesce({} IN ({}), false)", key,
        Sql.join(", ", keys.stream().sorted().map(each -> Sql.of("?", each)).toList())));
  }

  @Override
  public boolean mentions(String text) {
    return fingerprints.mentions(text);
  }

  /// Audit entries that name one of the person's CustomerIds. They name no other identity.
  List<AuditEntry> audited(Security security) {
    return person.ids().stream().flatMap(id -> security.auditTrailOf(id.toString()).stream()).distinct().toList();
  }

  List<TableDefinition> tables() {
    return stages.sources().tables().stream().flatMap(state -> stages.sources().definition(state.fullName()).stream())
        .toList();
  }

  /// What lies where, in the order of the data.
  List<Holding> holdings(Transaction tx) {
    var found = new ArrayList<Holding>();
    var counts = new long[2];
    forEachEvent(tx, event -> counts[event.type() == EventType.ACTIVITY ? 1 : 0]++);
    add(found, "identities", person.identities().stream()
        .filter(identity -> stages.identities().numberOf(tx, identity).isPresent()).count());
    add(found, "links between identities", person.customers().stream()
        .mapToLong(customer -> stages.identities().links(tx, customer).size()).sum());
    add(found, "events", counts[0]);
    add(found, "activities", counts[1]);
    add(found, "attributes, by source", stages.profiles().fragments(tx, person.numbers()).size());
    add(found, "profiles", person.customers().stream()
        .filter(customer -> stages.profiles().profile(tx, customer).isPresent()).count());
    add(found, "memberships of segments", person.customers().stream()
        .mapToLong(customer -> stages.segments().of(tx, customer).size()).sum());
    add(found, "comings and goings", person.customers().stream()
        .mapToLong(customer -> stages.segments().history(tx, customer, EventQuery.LIMIT_MAX).size()).sum());
    add(found, "entries about exports", stages.exports().traces(tx, person.ids()));
    add(found, "answers of enrichments", stages.enrichments().traces(tx, person.ids()));
    add(found, "refused messages", quarantined(tx).size());
    return found;
  }

  private static void add(List<Holding> found, String what, long count) {
    found.add(new Holding("profile store", what, count, false));
  }

  /// What lies in the warehouse.
  List<Holding> copies() {
    var found = new ArrayList<Holding>();
    for (var table : tables()) {
      var counts = stages.sources().count(table, this);
      found.add(new Holding("warehouse", "rows of " + table.fullName(), counts.rows(), false));
      if (counts.refused() > 0) {
        found.add(new Holding("warehouse", "refused rows of " + table.fullName(), counts.refused(), false));
      }
    }
    if (person.ids().isEmpty()) {
      return found;
    }
    var ids = Sql.join(", ", person.ids().stream().map(id -> Sql.of("?", id.toString())).toList());
    var enriched = stages.enrichments().tables().values();
    stages.warehouse().read(session -> {
      for (String table : Stream.concat(PUBLISHED.stream(), enriched.stream()).toList()) {
        if (session.exists(table)) {
          found.add(new Holding("warehouse", "rows of " + table, session.first(
              Sql.format("SELECT count(*) FROM {} WHERE \"CustomerId\" IN ({})", Sql.name(table), ids),
              row -> row.number(1)).orElseThrow(), false));
        }
      }
      return true;
    });
    return found;
  }

  static String text(QuarantinedEvent message) {
    return new String(message.original().bytes(), StandardCharsets.UTF_8);
  }

  /// When each identity was seen.
  List<KnownIdentity> keyRing(Transaction tx) {
    return person.customers().stream().flatMap(customer -> stages.identities().keyRing(tx, customer).stream()).toList();
  }
}
