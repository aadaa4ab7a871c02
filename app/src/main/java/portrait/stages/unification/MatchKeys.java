package portrait.stages.unification;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.ResultRow;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Identity;
import portrait.stages.unification.Matching.Side;

/// The tables by which single records are matched, within one transaction of the profile store.
final class MatchKeys {

  private static final Side[] SIDES = Side.values();
  private static final String ALIAS = "alias";
  private static final String BYPASS = "bypass";
  private static final String COLUMN = "column ";

  private final Transaction tx;

  MatchKeys(Transaction tx) {
    this.tx = tx;
  }

  List<MatchKey> of(long record) {
    return tx.query("""
        SELECT rule, text, record, side, tab, checks FROM match_key WHERE record = ? ORDER BY rule, text, side""",
        MatchKeys::key, record);
  }

  /// Those that share what must be the same.
  List<MatchKey> sharing(MatchKey key, int limit) {
    return tx.query("""
        SELECT rule, text, record, side, tab, checks FROM match_key WHERE rule = ? AND text = ?
        ORDER BY record, side LIMIT ?""", MatchKeys::key, key.rule(), key.text(), limit);
  }

  private static MatchKey key(ResultRow row) {
    return new MatchKey((int) row.number(1), row.text(2), row.number(3), SIDES[(int) row.number(4)],
        (int) row.number(5), row.text(6));
  }

  void add(Collection<MatchKey> keys) {
    tx.batch("INSERT INTO match_key (rule, text, record, side, tab, checks) VALUES (?, ?, ?, ?, ?, ?)",
        keys.stream().map(key -> new @Nullable Object[]{key.rule(), key.text(), key.record(), key.side().ordinal(),
            key.tab(), key.checks()}).toList());
  }

  void remove(Collection<Long> records) {
    tx.batch("DELETE FROM match_key WHERE record = ?",
        records.stream().map(record -> new @Nullable Object[]{record}).toList());
  }

  void removeAll() {
    tx.update("DELETE FROM match_key");
  }

  /// What people decided about a row: the other rows, and whether they are always one with it or never.
  Map<Identity, Boolean> decisions(Identity row) {
    var found = new LinkedHashMap<Identity, Boolean>();
    // A pair that is in both lists is one person, as in a whole run.
    tx.each("""
        SELECT other_table, other, always FROM match_decision WHERE one_table = ? AND one = ?
        UNION ALL SELECT one_table, one, always FROM match_decision WHERE other_table = ? AND other = ?""",
        each -> found.merge(new Identity(each.text(1), each.text(2)), each.isTrue(3), Boolean::logicalOr),
        row.namespace(), row.value(), row.namespace(), row.value());
    return found;
  }

  /// @param decisions two rows, and whether they are always one or never
  void decide(Map<List<Identity>, Boolean> decisions) {
    tx.update("DELETE FROM match_decision");
    tx.batch("INSERT INTO match_decision (one_table, one, other_table, other, always) VALUES (?, ?, ?, ?, ?)",
        decisions.entrySet().stream().map(entry -> new @Nullable Object[]{entry.getKey().getFirst().namespace(),
            entry.getKey().getFirst().value(), entry.getKey().getLast().namespace(),
            entry.getKey().getLast().value(), entry.getValue()}).toList());
  }

  Vocabulary vocabulary() {
    var bypass = new HashSet<String>();
    var alias = new HashMap<String, String>();
    tx.each("SELECT kind, word, stands_for FROM match_word", row -> {
      if (row.text(1).equals(ALIAS)) {
        alias.put(row.text(2), row.text(3));
      } else {
        bypass.add(row.text(2));
      }
    });
    return new Vocabulary(bypass, alias);
  }

  void keep(Vocabulary vocabulary) {
    tx.update("DELETE FROM match_word");
    String insert = "INSERT INTO match_word (kind, word, stands_for) VALUES (?, ?, ?)";
    tx.batch(insert,
        vocabulary.bypass().stream().sorted().map(word -> new @Nullable Object[]{BYPASS, word, ""}).toList());
    tx.batch(insert, vocabulary.alias().entrySet().stream().sorted(Map.Entry.comparingByKey())
        .map(entry -> new @Nullable Object[]{ALIAS, entry.getKey(), entry.getValue()}).toList());
  }

  Optional<String> state(String name) {
    return tx.first("SELECT said FROM match_state WHERE name = ?", row -> row.text(1), name);
  }

  void state(String name, String said) {
    tx.update("DELETE FROM match_state WHERE name = ?", name);
    tx.update("INSERT INTO match_state (name, said) VALUES (?, ?)", name, said);
  }

  Map<String, ColumnType> types() {
    var types = new HashMap<String, ColumnType>();
    tx.each("SELECT name, said FROM match_state WHERE name LIKE ?",
        row -> types.put(row.text(1).substring(COLUMN.length()), ColumnType.valueOf(row.text(2))), COLUMN + "%");
    return types;
  }

  void keep(Map<String, ColumnType> types) {
    tx.update("DELETE FROM match_state WHERE name LIKE ?", COLUMN + "%");
    types.forEach((column, type) -> state(COLUMN + column, type.name()));
  }
}
