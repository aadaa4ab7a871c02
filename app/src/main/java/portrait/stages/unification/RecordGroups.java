package portrait.stages.unification;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import portrait.foundation.model.Identity;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.identity.MatchLink;
import portrait.stages.matching.Clusters;

/// The connected components of records after a run of [Matching] in the same session.
final class RecordGroups {

  private final WarehouseSession session;
  private final UnificationDefinition definition;
  private final List<UnifiedSource> sources;
  private final Instant now;

  RecordGroups(WarehouseSession session, UnificationDefinition definition, List<UnifiedSource> sources, Instant now) {
    this.session = session;
    this.definition = definition;
    this.sources = sources;
    this.now = now;
  }

  /// Alone, or with others. A record of a table that leaves out those which match nothing is left out alone.
  List<RecordGroup> all() {
    var records = new ArrayList<SourceRecord>();
    var tables = new HashMap<Integer, UnifiedSource>();
    for (var source : sources) {
      tables.put(source.rank(), source);
      records.addAll(Records.of(session, source));
    }
    var numbers = new HashMap<Identity, Integer>();
    for (int place = 0; place < records.size(); place++) {
      numbers.put(records.get(place).key(), place + 1);
    }
    var clusters = new Clusters(records.size());
    var links = new ArrayList<MatchLink>();
    session.each(Sql.of("""
        SELECT one.tab, one.key, other.tab, other.key, pair.rule, pair.score
        FROM (SELECT one, other, min(rule) AS rule, arg_min(score, rule) AS score FROM %s GROUP BY one, other) AS pair
        JOIN %2$s AS one ON one.id = pair.one JOIN %2$s AS other ON other.id = pair.other ORDER BY one.id, other.id"""
        .formatted(Matching.PAIRS, Matching.RECORDS)), row -> {
          var one = key(tables, (int) row.number(1), row.text(2));
          var other = key(tables, (int) row.number(3), row.text(4));
          if (numbers.containsKey(one) && numbers.containsKey(other)) {
            links.add(new MatchLink(one, other, rule((int) row.number(5)), row.decimal(6), now));
          }
        });
    links.addAll(shared(records));
    join(links, clusters, numbers);
    var groups = new LinkedHashMap<Integer, List<SourceRecord>>();
    var reasons = new HashMap<Integer, List<MatchLink>>();
    for (int place = 0; place < records.size(); place++) {
      groups.computeIfAbsent(clusters.of(place + 1), _ -> new ArrayList<>()).add(records.get(place));
    }
    links.forEach(link -> reasons.computeIfAbsent(clusters.of(numbers.getOrDefault(link.one(), 0)),
        _ -> new ArrayList<>()).add(link));
    var found = new ArrayList<RecordGroup>();
    groups.forEach((cluster, some) -> {
      boolean isLeftOut = some.size() == 1 && sources.stream()
          .anyMatch(source -> source.name().equals(some.getFirst().table()) && !source.unified().includeAll());
      if (!isLeftOut) {
        found.add(new RecordGroup(some, reasons.getOrDefault(cluster, List.of())));
      }
    });
    return found;
  }

  private String rule(int number) {
    return number == CustomMatches.ALWAYS ? CustomMatches.ALWAYS_NAME : definition.rules().get(number).name();
  }

  /// The strongest links first: what people said, then identities that records share, then rules by their score. A link
  /// that would bring together two records that never match is dropped, however long the way between them.
  private void join(List<MatchLink> links, Clusters clusters, Map<Identity, Integer> numbers) {
    record Apart(int one, int other) {}
    var never = session.query(Sql.of("SELECT one_table, one, other_table, other FROM " + CustomMatches.NEVER),
        row -> new Apart(numbers.getOrDefault(new Identity(row.text(1), row.text(2)), 0),
            numbers.getOrDefault(new Identity(row.text(3), row.text(4)), 0)));
    links.sort(Comparator.comparing((MatchLink link) -> !link.rule().equals(CustomMatches.ALWAYS_NAME))
        .thenComparing(link -> !link.rule().isEmpty()).thenComparing(MatchLink::score, Comparator.reverseOrder())
        .thenComparing(MatchLink::one).thenComparing(MatchLink::other));
    links.removeIf(link -> {
      int one = clusters.of(numbers.getOrDefault(link.one(), 0));
      int other = clusters.of(numbers.getOrDefault(link.other(), 0));
      boolean isRefused = !link.rule().equals(CustomMatches.ALWAYS_NAME) && never.stream().anyMatch(apart -> {
        int first = clusters.of(apart.one());
        int second = clusters.of(apart.other());
        return first == one && second == other || first == other && second == one;
      });
      if (!isRefused) {
        clusters.join(one, other);
      }
      return isRefused;
    });
  }

  private static Identity key(HashMap<Integer, UnifiedSource> tables, int tab, String key) {
    var source = tables.get(tab);
    return new Identity(source == null ? String.valueOf(tab) : source.table().namespace(), key);
  }

  /// Records that have an identity in common, other than their keys.
  private List<MatchLink> shared(List<SourceRecord> records) {
    var first = new HashMap<Identity, Identity>();
    var links = new ArrayList<MatchLink>();
    records.forEach(record -> record.identities().stream().skip(1).forEach(identity -> {
      var holder = first.putIfAbsent(identity, record.key());
      if (holder != null && !holder.equals(record.key())) {
        links.add(new MatchLink(holder, record.key(), "", 1, now));
      }
    }));
    return links;
  }
}
