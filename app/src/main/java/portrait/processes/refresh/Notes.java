package portrait.processes.refresh;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Optional;
import portrait.stages.activities.ActivityReport;
import portrait.stages.identity.Changes;
import portrait.stages.segments.Assessed;
import portrait.stages.unification.CustomerChanges;
import portrait.stages.unification.MatchReport;

/// What tasks say about themselves in one line.
final class Notes {

  private Notes() {}

  static String unification(MatchReport report, Optional<Changes> matched, ActivityReport activities) {
    var parts = new ArrayList<String>();
    matched.ifPresent(changes -> parts
        .add("%,d customers merged, %,d split".formatted(changes.merged(), changes.split())));
    parts.add(matching(report));
    if (activities.unassigned() > 0) {
      parts.add("lines without customer: %,d, without time: %,d".formatted(activities.withoutCustomer(),
          activities.withoutTime()));
    }
    return String.join("; ", parts);
  }

  /// Says which tables were not loaded this time.
  static String earlier(Collection<String> tables) {
    return tables.isEmpty() ? "" : "; as of an earlier load: " + String.join(", ", tables);
  }

  static String customers(CustomerChanges changes) {
    return "%,d customers: %,d new, %,d merged, %,d split, %,d gone".formatted(changes.customers(), changes.created(),
        changes.merged(), changes.split(), changes.gone());
  }

  static String assessed(Assessed assessed) {
    return "something is new of %,d customers; %d measures and segments were computed for everybody"
        .formatted(assessed.changed(), assessed.forEverybody());
  }

  static String matching(MatchReport report) {
    var parts = new ArrayList<String>();
    parts.add("%,d records, %,d left after matching, %,d pairs".formatted(report.records(), report.unique(),
        report.pairs()));
    for (var rule : report.rules()) {
      if (rule.largeGroups() > 0) {
        parts.add("rule '%s' left out %,d values that %,d records share".formatted(rule.rule(), rule.largeGroups(),
            rule.recordsInLargeGroups()));
      }
    }
    for (var table : report.tables()) {
      if (table.withoutKey() > 0) {
        parts.add("%s has %,d rows without key".formatted(table.table(), table.withoutKey()));
      }
    }
    return String.join("; ", parts);
  }
}
