package portrait.processes.dashboard;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import portrait.foundation.model.CustomerId;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;

/// Counts over the tables of the last refresh. Every number is the size of a [Group], by the same queries that find the
/// people in it.
final class Counting {

  private static final String LIVE = "live";
  private static final Duration RECENT = Duration.ofDays(30);
  private static final int EVENT_DAYS = 30;
  private static final int OVERLAPS_MAX = 12;

  private final WarehouseSession session;
  private final Sql assignments;
  private final List<String> tables;
  private final Instant now;

  /// @param assignments a query of the customer each identity names (`namespace`, `customer`)
  /// @param tables the source tables: their keys are namespaces, too
  Counting(WarehouseSession session, Sql assignments, Collection<String> tables, Instant now) {
    this.session = session;
    this.assignments = assignments;
    this.tables = List.copyOf(tables);
    this.now = now;
  }

  static boolean isPossible(WarehouseSession session) {
    return List.of("Customer", "SegmentMembership", "UnifiedActivity").stream().allMatch(session::exists);
  }

  /// @param days how many days back customers are counted
  Figures.Tables figures(int days) {
    return new Figures.Tables(count(Sql.of("SELECT \"CustomerId\" AS customer FROM \"Customer\"")),
        count(people(new Group.Added())), count(people(new Group.Unsegmented())), count(people(new Group.Single())),
        sources(), namespaces(), overlaps(), standings(days), events());
  }

  /// The customers of a group, by their ids.
  List<CustomerId> members(Group group, int limit, int offset) {
    return session.query(Sql.format("SELECT customer FROM ({}) ORDER BY customer LIMIT {} OFFSET {}", people(group),
        Sql.of("?", limit), Sql.of("?", offset)), row -> CustomerId.of(row.text(1)));
  }

  long size(Group group) {
    return count(people(group));
  }

  private Sql people(Group group) {
    return switch (group) {
      case Group.Added() -> Sql.of("SELECT \"CustomerId\" AS customer FROM \"Customer\" WHERE \"FirstSeen\" >= ?",
          now.minus(RECENT));
      case Group.Unsegmented() -> Sql.of("""
          SELECT "CustomerId" AS customer FROM "Customer"
          WHERE "CustomerId" NOT IN (SELECT "CustomerId" FROM "SegmentMembership")""");
      case Group.Single() ->
        Sql.format("SELECT customer FROM ({}) GROUP BY customer HAVING count(DISTINCT namespace) = 1", held());
      case Group.OfSource(String source) -> Sql.format("SELECT DISTINCT customer FROM ({}) WHERE source = {}", said(),
          Sql.of("?", source));
      case Group.Holding(String namespace) -> Sql.format("SELECT DISTINCT customer FROM ({}) WHERE namespace = {}",
          held(), Sql.of("?", namespace));
      case Group.HoldingBoth(String one, String other) -> Sql.format("{} INTERSECT {}",
          people(new Group.Holding(one)), people(new Group.Holding(other)));
    };
  }

  /// Identities of customers, the keys of source rows left out: those are the source's own.
  private Sql held() {
    return Sql
        .format("SELECT customer, namespace FROM ({}) WHERE customer IN (SELECT \"CustomerId\" FROM \"Customer\") "
            + "AND namespace NOT IN ({})", assignments, names());
  }

  private Sql names() {
    return tables.isEmpty() ? Sql.of("''") : Sql.join(", ", tables.stream().map(table -> Sql.of("?", table)).toList());
  }

  /// Which source says something about which customer.
  private Sql said() {
    return Sql.format("""
        SELECT DISTINCT source, customer FROM (
          SELECT namespace AS source, customer FROM ({}) WHERE namespace IN ({})
          UNION ALL SELECT "Source", "CustomerId" FROM "UnifiedActivity" WHERE "Source" = {})
        WHERE customer IN (SELECT "CustomerId" FROM "Customer")""", assignments, names(), Sql.of("?", LIVE));
  }

  private long count(Sql people) {
    return session.first(Sql.format("SELECT count(*) FROM ({})", people), row -> row.number(1)).orElseThrow();
  }

  private List<Figures.Source> sources() {
    return session.query(Sql.format("""
        SELECT source, count(*) AS customers, count_if("FirstSeen" >= {}) AS added
        FROM ({}) AS said JOIN "Customer" ON "CustomerId" = customer
        GROUP BY source ORDER BY customers DESC, source""", Sql.of("?", now.minus(RECENT)), said()),
        row -> new Figures.Source(row.text(1), row.number(2), row.number(3)));
  }

  private List<Figures.Held> namespaces() {
    return session.query(Sql.format("""
        SELECT namespace, count(*) AS identities, count(DISTINCT customer) AS customers FROM ({})
        GROUP BY namespace ORDER BY customers DESC, namespace""", held()),
        row -> new Figures.Held(row.text(1), row.number(2), row.number(3)));
  }

  private List<Figures.Shared> overlaps() {
    return session.query(Sql.format("""
        WITH held AS (SELECT DISTINCT customer, namespace FROM ({}))
        SELECT one.namespace, other.namespace, count(*) AS customers
        FROM held AS one JOIN held AS other ON one.customer = other.customer AND one.namespace < other.namespace
        GROUP BY one.namespace, other.namespace
        ORDER BY customers DESC, one.namespace, other.namespace LIMIT {}""", held(), Sql.of("?", OVERLAPS_MAX)),
        row -> new Figures.Shared(row.text(1), row.text(2), row.number(3)));
  }

  private List<Figures.Standing> standings(int days) {
    var known = new TreeMap<LocalDate, Long>();
    var unknown = new HashMap<LocalDate, Long>();
    session.each(Sql.of("""
        SELECT strftime(CAST("FirstSeen" AS DATE), '%Y-%m-%d') AS day, count_if("Known"), count_if(NOT "Known")
        FROM "Customer" WHERE "FirstSeen" IS NOT NULL GROUP BY day ORDER BY day"""), row -> {
      known.put(LocalDate.parse(row.text(1)), row.number(2));
      unknown.put(LocalDate.parse(row.text(1)), row.number(3));
    });
    var today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    var first = today.minusDays(days - 1L);
    long knownYet = sum(known.headMap(first));
    long unknownYet = known.headMap(first).keySet().stream().mapToLong(day -> unknown.getOrDefault(day, 0L)).sum();
    var standings = new ArrayList<Figures.Standing>();
    for (var day = first; !day.isAfter(today); day = day.plusDays(1)) {
      knownYet += known.getOrDefault(day, 0L);
      unknownYet += unknown.getOrDefault(day, 0L);
      standings.add(new Figures.Standing(day, knownYet, unknownYet));
    }
    return standings;
  }

  private static long sum(Map<LocalDate, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /// The last days that have events: data of long ago still draws a picture.
  private List<Figures.Happened> events() {
    var counts = new TreeMap<LocalDate, Long>();
    session.each(Sql.of("""
        SELECT strftime(CAST("ActivityTimestamp" AS DATE), '%Y-%m-%d') AS day, count(*) AS events
        FROM "UnifiedActivity"
        WHERE "ActivityTimestamp" > (SELECT max("ActivityTimestamp") FROM "UnifiedActivity") - INTERVAL 30 DAY
        GROUP BY day ORDER BY day NULLS LAST"""),
        row -> counts.put(LocalDate.parse(row.text(1)), row.number(2)));
    var events = new ArrayList<Figures.Happened>();
    if (!counts.isEmpty()) {
      var last = counts.lastKey();
      for (var day = last.minusDays(EVENT_DAYS - 1L); !day.isAfter(last); day = day.plusDays(1)) {
        events.add(new Figures.Happened(day, counts.getOrDefault(day, 0L)));
      }
    }
    return events;
  }
}
