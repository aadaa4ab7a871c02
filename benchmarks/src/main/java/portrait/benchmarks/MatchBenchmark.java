package portrait.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import portrait.foundation.jobs.Progress;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.foundation.warehouse.WarehouseSettings;
import portrait.stages.matching.MatchEngine;
import portrait.stages.matching.MatchSummary;
import portrait.stages.matching.MatchTask;
import portrait.stages.matching.ProbabilisticRule;

/// How well and how fast records are matched without examples.
///
/// Quality: precision, recall and F1 over all true pairs, of the links and of the clusters that follow from them, for
/// each labelled set in the folder `PORTRAIT_BENCH_DATA`. Speed: `PORTRAIT_BENCH_RECORDS` generated records, 100,000
/// when not said, beside a bare self-join of the same records in the same engine.
final class MatchBenchmark implements Main.Benchmark {

  private static final String BENCH = "match";

  @Override
  public void run(Path launcher, List<String> more) throws IOException {
    String folder = System.getenv("PORTRAIT_BENCH_DATA");
    if (folder == null) {
      System.err.println("PORTRAIT_BENCH_DATA names no folder with labelled sets, so only speed is measured.");
    } else {
      for (var set : LabelledSet.in(Path.of(folder))) {
        if (more.isEmpty() ? set.isComplete() : more.contains(set.name())) {
          inMemory(session -> quality(session, set.name(), set.lay(session)));
        }
      }
    }
    if (!more.isEmpty()) {
      return;
    }
    int records = Integer.parseInt(System.getenv().getOrDefault("PORTRAIT_BENCH_RECORDS", "100000"));
    inMemory(session -> speed(session, records));
  }

  private static void inMemory(Consumer<WarehouseSession> work) {
    try (var warehouse = Warehouse.open(new WarehouseSettings(Optional.empty(), 4_096, 2))) {
      warehouse.write(session -> {
        work.accept(session);
        return 0;
      });
    }
  }

  private static MatchSummary quality(WarehouseSession session, String name, MatchTask task) {
    var summary = MatchEngine.run(session, task, Progress.silent());
    boolean isLink = task.rule().pairs() == ProbabilisticRule.Pairs.BETWEEN;
    double truth = count(session, "SELECT count(*) FROM true_pair");
    double right = count(session,
        "SELECT count(*) FROM %s SEMI JOIN true_pair USING (one, other) WHERE class = 'match'".formatted(task.edges()));
    print(name + " links", right, summary.matches(), truth);
    session.execute("""
        CREATE OR REPLACE TEMP TABLE together AS SELECT DISTINCT id, edge.cluster, source FROM (
          SELECT one AS id, cluster FROM %1$s WHERE class = 'match' UNION ALL
          SELECT other, cluster FROM %1$s WHERE class = 'match') AS edge JOIN labelled USING (id)"""
        .formatted(task.edges()));
    double found = count(session, isLink
        ? "SELECT count(*) FROM together AS l JOIN together AS r USING (cluster) WHERE l.source < r.source"
        : "SELECT count(*) FROM together AS l JOIN together AS r USING (cluster) WHERE l.id < r.id");
    double clustered = count(session, """
        SELECT count(*) FROM true_pair JOIN together AS l ON l.id = one JOIN together AS r ON r.id = other
        WHERE l.cluster = r.cluster""");
    print(name + " clusters", clustered, found, truth);
    new Figure(BENCH, name + ": candidate pairs per record", (double) summary.candidates() / summary.records(), "pairs",
        null, null).print();
    return summary;
  }

  private static void print(String what, double right, double found, double truth) {
    new Figure(BENCH, what + ": precision", found == 0 ? 0 : right / found, "share", null, null).print();
    new Figure(BENCH, what + ": recall", right / truth, "share", null, null).print();
    new Figure(BENCH, what + ": F1", 2 * right / (found + truth), "share", null, null).print();
  }

  private static void speed(WarehouseSession session, int records) {
    GeneratedPeople.lay(session, records);
    var rule = new ProbabilisticRule(List.of(), ProbabilisticRule.suggested(GeneratedPeople.ATTRIBUTES),
        List.of(), ProbabilisticRule.Pairs.ALL, Optional.empty(), true);
    double began = Taken.cpuSeconds();
    long pairs = (long) count(session, """
        SELECT count(*) FROM (SELECT jaro_winkler_similarity(l.first_name, r.first_name)
            + jaro_winkler_similarity(l.last_name, r.last_name) + jaro_winkler_similarity(l.email, r.email)
            + jaro_winkler_similarity(l.phone, r.phone) + jaro_winkler_similarity(l.birth_date, r.birth_date)
            + jaro_winkler_similarity(l.street, r.street) AS alike
          FROM labelled AS l JOIN labelled AS r
            ON left(l.last_name, 3) = left(r.last_name, 3) AND l.city = r.city AND l.id < r.id) WHERE alike > -1""");
    double bare = Taken.cpuSeconds() - began;
    began = Taken.cpuSeconds();
    var task = new MatchTask("bench", rule, Sql.of("SELECT * FROM labelled"));
    var summary = quality(session, "%d generated records".formatted(records), task);
    double engine = Taken.cpuSeconds() - began;
    new Figure(BENCH, "CPU per record, from records to links; baseline: a bare self-join of the same records, six "
        + "similarities a pair", engine / records * 1e6, "µs", bare / records * 1e6, engine / records * 1e3).print();
    new Figure(BENCH, "candidate pairs per second of CPU; baseline: pairs of the bare self-join",
        summary.candidates() / engine, "1/s",
        pairs / bare, null).print();
  }

  private static double count(WarehouseSession session, String sql) {
    return session.first(Sql.of(sql), row -> (double) row.number(1)).orElseThrow();
  }
}
