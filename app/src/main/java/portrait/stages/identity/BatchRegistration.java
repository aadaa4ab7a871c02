package portrait.stages.identity;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongConsumer;
import portrait.foundation.database.Database;
import portrait.foundation.model.Identity;

/// Whole tables, in slices: each slice is a transaction of its own, so that live events get their turn in between. A
/// batch that ends half-way leaves a graph that is right for what it has seen; running it again completes it.
final class BatchRegistration {

  private static final int SLICE = 5_000;

  private final Database database;
  private final Namespaces namespaces;
  private final Mint mint;
  private final GraphMemory memory;

  BatchRegistration(Database database, Namespaces namespaces, Mint mint, GraphMemory memory) {
    this.database = database;
    this.namespaces = namespaces;
    this.mint = mint;
    this.memory = memory;
  }

  Changes register(String source, Iterator<List<Identity>> records, Instant at, LongConsumer progress) {
    Instant moment = at.truncatedTo(ChronoUnit.MICROS);
    var changes = new ChangeCount();
    slices(records, progress, changes, slice -> write(work -> work.register(source, slice, moment)));
    return changes.changes();
  }

  Changes withdraw(String source, Iterator<Identity> keys, LongConsumer progress) {
    var changes = new ChangeCount();
    slices(keys, progress, changes, slice -> write(work -> work.withdraw(source, slice)));
    return changes.changes();
  }

  Changes replaceMatches(String origin, Iterator<MatchLink> links, LongConsumer progress) {
    var changes = new ChangeCount();
    var said = new PairSet();
    slices(links, progress, changes, slice -> write(work -> work.match(origin, slice, said)));
    slices(unsaid(origin, said).iterator(), _ -> {}, changes, slice -> write(work -> work.unmatch(origin, slice)));
    return changes.changes();
  }

  private List<PairSet.Key> unsaid(String origin, PairSet said) {
    return database.read(tx -> {
      var unsaid = new ArrayList<PairSet.Key>();
      tx.each("SELECT one, other FROM identity_link WHERE source = ?", row -> {
        var pair = new PairSet.Key(row.number(1), row.number(2));
        if (!said.contains(pair)) {
          unsaid.add(pair);
        }
      }, origin);
      return unsaid;
    });
  }

  private Outcome write(Function<Registration, Outcome> work) {
    return database.write(tx -> {
      memory.everythingChanges(tx);
      return work.apply(new Registration(tx, namespaces, mint, memory));
    });
  }

  private static <T> void slices(Iterator<T> all, LongConsumer progress, ChangeCount changes,
      Function<List<T>, Outcome> work) {
    while (all.hasNext()) {
      var slice = new ArrayList<T>(SLICE);
      while (all.hasNext() && slice.size() < SLICE) {
        slice.add(all.next());
      }
      work.apply(slice).addTo(changes);
      progress.accept(slice.size());
    }
  }
}
