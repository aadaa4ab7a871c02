package portrait.stages.unification;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Gatherers;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.Identity;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.stages.identity.IdentityGraph;

/// Keeps the keys in the profile store what the tables say, after a whole run of the rules: those that changed since the
/// last one, or all of them under other rules.
final class LiveIndex {

  private static final String COMPLETE = "complete";
  private static final String WORDS = "words";
  private static final int SLICE = 500;

  private final Warehouse warehouse;
  private final Database database;
  private final IdentityGraph graph;
  private final LiveMatching matching;
  private final LivePlan plan;
  private final Progress progress;
  private final Instant now;

  LiveIndex(Warehouse warehouse, Database database, IdentityGraph graph, LiveMatching matching, Progress progress,
      Instant now) {
    this.warehouse = warehouse;
    this.database = database;
    this.graph = graph;
    this.matching = matching;
    this.plan = matching.plan();
    this.progress = progress;
    this.now = now;
  }

  /// @param tables the namespaces of the rows, by the place of their table
  /// @param vocabulary the words of this run
  void update(List<UnifiedSource> sources, Map<Integer, String> tables, Vocabulary vocabulary, SentRecords sent) {
    if (plan.isEmpty()) {
      drop();
      return;
    }
    var types = warehouse.read(session -> new LiveKeys(session, plan).types(sources));
    String words = MatchKey.digest(vocabulary.bypass().stream().sorted().toList() + " "
        + vocabulary.alias().entrySet().stream().sorted(Map.Entry.comparingByKey()).toList());
    boolean isKept = database.read(tx -> {
      var keys = new MatchKeys(tx);
      return matching.isReady(tx, plan) && keys.state(COMPLETE).isPresent() && keys.types().equals(types)
          && keys.state(WORDS).orElse("").equals(words);
    });
    if (!isKept) {
      database.write(tx -> {
        var keys = new MatchKeys(tx);
        keys.removeAll();
        keys.keep(types);
        keys.keep(vocabulary);
        keys.state(WORDS, words);
        tx.update("DELETE FROM match_state WHERE name = ?", COMPLETE);
        matching.restart(tx, plan);
        return true;
      });
      warehouse.write(session -> session.execute("DELETE FROM " + LiveKeys.TOLD));
    }
    decisions();
    rows(tables);
    if (!isKept) {
      sent(sent);
    }
    warehouse.write(session -> {
      new LiveKeys(session, plan).told();
      return true;
    });
    database.write(tx -> {
      new MatchKeys(tx).state(COMPLETE, "yes");
      return true;
    });
  }

  /// No rule counts between refreshes: whatever was matched so is taken back.
  private void drop() {
    boolean isAny = database.read(tx -> !new MatchKeys(tx).state(COMPLETE).isEmpty());
    if (isAny) {
      graph.replaceMatches(database, Unification.LIVE_ORIGIN, Collections.emptyIterator(), _ -> progress.check());
      warehouse.write(session -> session.execute("DROP TABLE IF EXISTS " + LiveKeys.TOLD));
      database.write(tx -> {
        new MatchKeys(tx).removeAll();
        return tx.update("DELETE FROM match_state");
      });
    }
  }

  private void decisions() {
    var decided = new LinkedHashMap<List<Identity>, Boolean>();
    warehouse.read(session -> {
      if (session.exists(CustomMatches.SAID)) {
        // Of a pair that is in both lists the last one stays: always.
        session.each(Sql.of("""
            SELECT one_table, one, other_table, other, always FROM %s
            WHERE length(one) <= %2$d AND length(other) <= %2$d ORDER BY always, 1, 2, 3, 4"""
            .formatted(CustomMatches.SAID, Identity.VALUE_LENGTH_MAX)),
            row -> decided.put(List.of(new Identity(row.text(1), row.text(2)), new Identity(row.text(3), row.text(4))),
                row.isTrue(5)));
      }
      return decided.size();
    });
    database.write(tx -> {
      new MatchKeys(tx).decide(decided);
      return true;
    });
  }

  private void rows(Map<Integer, String> tables) {
    var changed = warehouse.read(session -> new LiveKeys(session, plan).changed());
    changed.stream().gather(Gatherers.windowFixed(SLICE)).forEach(slice -> {
      progress.check();
      var keys = warehouse.read(session -> {
        var found = new LinkedHashMap<Identity, List<MatchKey>>();
        slice.stream().map(LiveKeys.Changed::tab).distinct().forEach(tab -> {
          String namespace = tables.get(tab);
          var rows = slice.stream().filter(row -> row.tab() == tab).map(LiveKeys.Changed::key)
              .filter(key -> key.length() <= Identity.VALUE_LENGTH_MAX).toList();
          if (namespace != null && !rows.isEmpty()) {
            var of = new LiveKeys(session, plan).of(tab, rows);
            rows.forEach(row -> found.put(new Identity(namespace, row), of.getOrDefault(row, List.of())));
          }
        });
        return found;
      });
      database.write(tx -> matching.indexed(tx, numbered(tx, keys), now));
    });
  }

  private Map<Long, List<MatchKey>> numbered(Transaction tx, Map<Identity, List<MatchKey>> keys) {
    var numbers = graph.numbers(tx, keys.keySet(), now);
    var found = new LinkedHashMap<Long, List<MatchKey>>();
    keys.forEach((row, of) -> {
      long number = Objects.requireNonNull(numbers.get(row));
      found.put(number, of.stream().map(key -> key.of(number)).toList());
    });
    return found;
  }

  private void sent(SentRecords sent) {
    var anchors = new ArrayList<Long>();
    database.read(tx -> {
      sent.forEach(tx, anchors::add);
      return anchors.size();
    });
    anchors.stream().gather(Gatherers.windowFixed(SLICE)).forEach(slice -> {
      progress.check();
      database.write(tx -> {
        var identities = graph.identities(tx, slice);
        slice.stream().filter(anchor -> {
          var identity = identities.get(anchor);
          return identity != null && plan.rank(identity.namespace()).isEmpty();
        }).forEach(anchor -> matching.saidAnew(tx, anchor, sent.attributes(tx, anchor), now));
        return slice.size();
      });
    });
  }

  /// Matches between rows that were made before this run are the run's to keep or to take back.
  void handOver(Instant before) {
    var made = database.read(tx -> graph.matches(tx, Unification.LIVE_ORIGIN, before));
    made.stream().gather(Gatherers.windowFixed(SLICE)).forEach(slice -> database.write(tx -> {
      var numbers = new ArrayList<Long>();
      slice.forEach(match -> numbers.addAll(List.of(match.one(), match.other())));
      var identities = graph.identities(tx, numbers);
      var between = slice.stream().filter(match -> isRow(identities.get(match.one()))
          && isRow(identities.get(match.other()))).toList();
      graph.adopt(tx, Unification.LIVE_ORIGIN, Unification.ORIGIN, between);
      return between.size();
    }));
  }

  private boolean isRow(@Nullable Identity identity) {
    return identity != null && plan.rank(identity.namespace()).isPresent();
  }
}
