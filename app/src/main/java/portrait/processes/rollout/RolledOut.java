package portrait.processes.rollout;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import portrait.foundation.database.Database;

/// The table of what was applied to everybody.
record RolledOut(Database database) {

  /// The fingerprint of each definition, by kind and name: `Segment/vip`.
  Map<String, String> all() {
    return database.read(transaction -> {
      var all = new TreeMap<String, String>();
      transaction.each("SELECT kind, name, fingerprint FROM rolled_out",
          row -> all.put(row.text(1) + "/" + row.text(2), row.text(3)));
      return all;
    });
  }

  /// Remembers that these were applied.
  void add(Map<String, String> fingerprints) {
    database.write(transaction -> {
      fingerprints.forEach((key, fingerprint) -> transaction.update("""
          INSERT INTO rolled_out (kind, name, fingerprint) VALUES (?, ?, ?)
          ON CONFLICT (kind, name) DO UPDATE SET fingerprint = excluded.fingerprint
          WHERE rolled_out.fingerprint <> excluded.fingerprint""", kind(key), name(key), fingerprint));
      return fingerprints.size();
    });
  }

  void forget(List<String> keys) {
    if (!keys.isEmpty()) {
      database.write(transaction -> {
        keys.forEach(key -> transaction.update("DELETE FROM rolled_out WHERE kind = ? AND name = ?", kind(key),
            name(key)));
        return keys.size();
      });
    }
  }

  private static String kind(String key) {
    return key.substring(0, key.indexOf('/'));
  }

  private static String name(String key) {
    return key.substring(key.indexOf('/') + 1);
  }
}
