package portrait.foundation.security;

import java.util.HashMap;
import java.util.Map;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;

/// The table `preference`.
final class Preferences {

  private final Database database;

  Preferences(Database database) {
    this.database = database;
  }

  Map<String, String> of(Caller caller) {
    var found = new HashMap<String, String>();
    database.read(tx -> {
      tx.each("SELECT name, value FROM preference WHERE owner = ?", row -> found.put(row.text(1), row.text(2)),
          owner(caller));
      return true;
    });
    return Map.copyOf(found);
  }

  void put(Caller caller, Map<String, String> chosen) {
    database.write(tx -> {
      chosen.forEach((name, value) -> tx.update("""
          INSERT INTO preference (owner, name, value) VALUES (?, ?, ?)
          ON CONFLICT (owner, name) DO UPDATE SET value = excluded.value""", owner(caller), name, value));
      return chosen.size();
    });
  }

  static void forget(Transaction tx, String user) {
    tx.update("DELETE FROM preference WHERE owner = ?", person(user));
  }

  private static String owner(Caller caller) {
    return caller.key().map(key -> "key " + key).orElse(person(caller.name()));
  }

  private static String person(String user) {
    return "person " + user;
  }
}
