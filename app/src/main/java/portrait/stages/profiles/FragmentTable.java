package portrait.stages.profiles;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Database;
import portrait.foundation.database.ResultRow;
import portrait.foundation.database.Transaction;

/// The table `profile_fragment`.
final class FragmentTable {

  private static final int SLICE = 500;

  /// Lays a fragment over what the source said before, attribute by attribute.
  void put(Transaction transaction, Fragment fragment) {
    var before = one(transaction, fragment.anchor(), fragment.source());
    if (before == null) {
      insert(transaction, fragment);
      return;
    }
    var after = over(before, fragment);
    if (!after.equals(before)) {
      update(transaction, after);
    }
  }

  private static Fragment over(Fragment before, Fragment fragment) {
    var attributes = new TreeMap<String, @Nullable Object>(before.attributes());
    var times = new HashMap<String, Instant>();
    fragment.attributes().forEach((name, value) -> {
      Instant known = before.timeOf(name);
      Instant now = fragment.timeOf(name);
      boolean isStale = before.attributes().containsKey(name) && known != null && (now == null || now.isBefore(known));
      if (isStale) {
        return;
      }
      attributes.put(name, value);
      if (now != null) {
        times.put(name, now);
      }
    });
    for (String name : before.attributes().keySet()) {
      Instant known = before.timeOf(name);
      if (known != null) {
        times.putIfAbsent(name, known);
      }
    }
    Instant latest = times.values().stream().max(Instant::compareTo).orElse(null);
    times.values().removeIf(at -> at.equals(latest));
    return new Fragment(before.anchor(), before.source(), attributes, latest, times);
  }

  Set<Long> replace(Database database, String source, Iterator<Fragment> fragments, LongConsumer progress) {
    var changed = new HashSet<Long>();
    var kept = new HashSet<Long>();
    long done = 0;
    while (fragments.hasNext()) {
      var slice = new ArrayList<Fragment>(SLICE);
      while (fragments.hasNext() && slice.size() < SLICE) {
        slice.add(fragments.next());
      }
      changed.addAll(database.write(transaction -> write(transaction, source, slice)));
      slice.forEach(fragment -> kept.add(fragment.anchor()));
      done += slice.size();
      progress.accept(done);
    }
    var gone = database
        .read(transaction -> transaction.query("SELECT anchor FROM profile_fragment WHERE source = ? ORDER BY anchor",
            row -> row.number(1), source))
        .stream().filter(anchor -> !kept.contains(anchor)).toList();
    for (int start = 0; start < gone.size(); start += SLICE) {
      var slice = gone.subList(start, Math.min(gone.size(), start + SLICE));
      database.write(transaction -> {
        remove(transaction, source, slice);
        return slice.size();
      });
    }
    changed.addAll(gone);
    return changed;
  }

  void remove(Transaction transaction, String source, Collection<Long> anchors) {
    transaction.batch("DELETE FROM profile_fragment WHERE anchor = ? AND source = ?",
        anchors.stream().map(anchor -> new @Nullable Object[]{anchor, source}).toList());
  }

  void each(Transaction transaction, String source, Consumer<Fragment> use) {
    transaction.each("""
        SELECT anchor, source, attributes, at, times FROM profile_fragment WHERE source = ? ORDER BY anchor""",
        row -> use.accept(fragment(row)), source);
  }

  Set<Long> write(Transaction transaction, String source, List<Fragment> slice) {
    var changed = new HashSet<Long>();
    for (var fragment : slice) {
      if (!fragment.source().equals(source)) {
        throw new IllegalArgumentException(
            "a fragment of '%s' among those of '%s'".formatted(fragment.source(), source));
      }
      var before = one(transaction, fragment.anchor(), source);
      if (before == null) {
        insert(transaction, fragment);
      } else if (!before.equals(fragment)) {
        update(transaction, fragment);
      } else {
        continue;
      }
      changed.add(fragment.anchor());
    }
    return changed;
  }

  List<Fragment> of(Transaction transaction, Collection<Long> anchors) {
    var found = new ArrayList<Fragment>();
    for (var some : Anchors.slices(anchors)) {
      transaction.each("SELECT anchor, source, attributes, at, times FROM profile_fragment WHERE anchor IN ("
          + Anchors.marks(some) + ")", row -> found.add(fragment(row)), some.toArray());
    }
    return found;
  }

  private static @Nullable Fragment one(Transaction transaction, long anchor, String source) {
    return transaction.first("""
        SELECT anchor, source, attributes, at, times FROM profile_fragment WHERE anchor = ? AND source = ?""",
        FragmentTable::fragment, anchor, source).orElse(null);
  }

  private static void insert(Transaction transaction, Fragment fragment) {
    transaction.update("INSERT INTO profile_fragment (anchor, source, attributes, at, times) VALUES (?, ?, ?, ?, ?)",
        fragment.anchor(), fragment.source(), AttributeJson.write(fragment.attributes()), fragment.at(),
        AttributeJson.writeTimes(fragment.times()));
  }

  private static void update(Transaction transaction, Fragment fragment) {
    transaction.update("UPDATE profile_fragment SET attributes = ?, at = ?, times = ? WHERE anchor = ? AND source = ?",
        AttributeJson.write(fragment.attributes()), fragment.at(), AttributeJson.writeTimes(fragment.times()),
        fragment.anchor(), fragment.source());
  }

  private static Fragment fragment(ResultRow row) {
    return new Fragment(row.number(1), row.text(2), AttributeJson.read(row.text(3)), row.instantOrNull(4),
        AttributeJson.readTimes(row.text(5)));
  }
}
