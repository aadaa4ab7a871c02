package portrait.stages.profiles;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import portrait.foundation.database.ResultRow;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.CustomerId;
import portrait.stages.identity.CustomerKey;

/// The table `profile`.
final class ProfileTable {

  static final String COLUMNS = "profile.customer, profile.id, kind, known, first_seen, last_seen, document";

  /// Writes what changed and tells the words stored before.
  Set<String> put(Transaction transaction, Profile profile, Document document, Set<String> words) {
    long number = profile.customer().number();
    String text = AttributeJson.write(document);
    String joined = String.join(" ", words);
    var before = transaction.first(
        "SELECT kind, known, first_seen, last_seen, document, words FROM profile WHERE customer = ?"
            + transaction.forUpdate(),
        row -> new Row(row.text(1), row.isTrue(2), row.instant(3), row.instant(4), row.text(5), row.text(6)), number);
    var after = new Row(profile.kind(), profile.known(), profile.firstSeen(), profile.lastSeen(), text, joined);
    if (before.isEmpty()) {
      transaction.update("""
          INSERT INTO profile (customer, id, kind, known, first_seen, last_seen, document, words)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)""", number, profile.customer().id(), after.kind(), after.known(),
          after.firstSeen(), after.lastSeen(), text, joined);
      return Set.of();
    }
    if (!before.get().equals(after)) {
      transaction.update("""
          UPDATE profile SET kind = ?, known = ?, first_seen = ?, last_seen = ?, document = ?, words = ?
          WHERE customer = ?""", after.kind(), after.known(), after.firstSeen(), after.lastSeen(), text, joined,
          number);
    }
    return split(before.get().words());
  }

  void seen(Transaction transaction, Profile profile) {
    transaction.update("UPDATE profile SET first_seen = ?, last_seen = ? WHERE customer = ?", profile.firstSeen(),
        profile.lastSeen(), profile.customer().number());
  }

  Optional<Profile> find(Transaction transaction, CustomerKey customer) {
    return transaction.first("SELECT " + COLUMNS + " FROM profile WHERE customer = ?", ProfileTable::profile,
        customer.number());
  }

  List<Profile> after(Transaction transaction, long number, int limit) {
    return transaction.query("SELECT " + COLUMNS + " FROM profile WHERE customer > ? ORDER BY customer LIMIT ?",
        ProfileTable::profile, number, limit);
  }

  Map<Long, Profile> of(Transaction transaction, Collection<Long> numbers) {
    var found = new HashMap<Long, Profile>();
    for (var slice : Anchors.slices(numbers)) {
      transaction.each("SELECT " + COLUMNS + " FROM profile WHERE customer IN (" + Anchors.marks(slice) + ")",
          row -> found.put(row.number(1), profile(row)), slice.toArray());
    }
    return found;
  }

  Optional<Document> document(Transaction transaction, CustomerKey customer) {
    return transaction.first("SELECT document FROM profile WHERE customer = ?",
        row -> AttributeJson.readDocument(row.text(1)), customer.number());
  }

  /// Tells the words of the deleted customer.
  Optional<Set<String>> delete(Transaction transaction, CustomerKey customer) {
    var words = transaction.first("SELECT words FROM profile WHERE customer = ?", row -> split(row.text(1)),
        customer.number());
    transaction.update("DELETE FROM profile WHERE customer = ?", customer.number());
    return words;
  }

  ProfileCounts counts(Transaction transaction) {
    return transaction.first("SELECT coalesce(sum(CASE WHEN known THEN 1 ELSE 0 END), 0), count(*) FROM profile",
        row -> new ProfileCounts(row.number(1), row.number(2) - row.number(1))).orElseThrow();
  }

  static Profile profile(ResultRow row) {
    return new Profile(new CustomerKey(row.number(1), CustomerId.of(row.text(2))), row.text(3), row.isTrue(4),
        AttributeJson.readDocument(row.text(7)).values(), row.instant(5), row.instant(6));
  }

  private static Set<String> split(String words) {
    return words.isEmpty() ? Set.of() : new TreeSet<>(Set.of(words.split(" ")));
  }

  private record Row(String kind, boolean known, Instant firstSeen, Instant lastSeen,
      String document, String words) {}
}
