package portrait.processes.live;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;
import portrait.foundation.expressions.Touched;
import portrait.stages.events.Events;
import portrait.stages.identity.CustomerKey;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.profiles.Fragment;
import portrait.stages.profiles.Profiles;
import portrait.stages.unification.LiveMatching;
import portrait.stages.unification.LiveRows;
import portrait.stages.unification.SourceRecord;

/// A few rows of a source table on their way into profiles, without a refresh.
final class RowIntake {

  /** Rows of one transaction: short enough for received messages not to notice. */
  private static final int SLICE = 32;

  private final Database database;
  private final Events events;
  private final IdentityGraph identities;
  private final LiveMatching matching;
  private final Profiles profiles;
  private final Evaluation evaluation;

  RowIntake(Database database, Events events, IdentityGraph identities, LiveMatching matching, Profiles profiles,
      Evaluation evaluation) {
    this.database = database;
    this.events = events;
    this.identities = identities;
    this.matching = matching;
    this.profiles = profiles;
    this.evaluation = evaluation;
  }

  void takeIn(LiveRows rows, Instant now) {
    int count = rows.records().size();
    for (int start = 0; start < count; start += SLICE) {
      var slice = rows.some(start, Math.min(count, start + SLICE));
      database.write(transaction -> {
        // Taken first by everybody who derives profiles: nodes that share a store do so one after the other.
        events.reserve(transaction, 0);
        apply(transaction, slice, now);
        return count;
      });
    }
  }

  private void apply(Transaction transaction, LiveRows rows, Instant now) {
    var regrouped = identities.register(transaction, rows.table(),
        rows.records().stream().map(SourceRecord::identities).toList(), now);
    var keys = rows.records().stream().map(SourceRecord::key).toList();
    var numbers = identities.numbers(transaction, keys, now);
    profiles.writeFragments(transaction, rows.table(), rows.records().stream().map(record -> {
      var attributes = new HashMap<String, @Nullable Object>(record.attributes());
      return new Fragment(identities.number(transaction, record.key(), now), record.table(), attributes, record.at());
    }).toList());
    regrouped = regrouped.then(matching.rows(transaction, rows, numbers, now));
    var touched = new TreeMap<Long, CustomerKey>();
    for (var absorbed : regrouped.absorbed()) {
      identities.find(transaction, absorbed.id()).ifPresent(into -> {
        evaluation.absorb(transaction, absorbed, into);
        touched.put(into.number(), into);
      });
    }
    List.of(regrouped.changed(), keys.stream().flatMap(key -> identities.find(transaction, key).stream()).toList())
        .forEach(customers -> customers.forEach(customer -> touched.put(customer.number(), customer)));
    touched.values().forEach(customer -> evaluation.refresh(transaction, customer, Touched.everything(), now));
  }
}
