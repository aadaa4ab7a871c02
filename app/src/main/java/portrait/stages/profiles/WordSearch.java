package portrait.stages.profiles;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// The table `profile_word`: search by the beginnings of words, in SQL that every engine speaks.
final class WordSearch {

  private static final int LIMIT_MAX = 1_000;
  /** Sorts after every byte of UTF-8. */
  private static final byte AFTER_ALL = (byte) 0xff;

  void replace(Transaction transaction, long customer, Set<String> before, Set<String> after) {
    if (before.equals(after)) {
      return;
    }
    transaction.batch("DELETE FROM profile_word WHERE word = ? AND customer = ?", rows(before, after, customer));
    transaction.batch("INSERT INTO profile_word (word, customer) VALUES (?, ?) ON CONFLICT DO NOTHING",
        rows(after, before, customer));
  }

  boolean hasAll(Transaction transaction, long customer, Set<String> words) {
    return words.stream().allMatch(word -> transaction
        .first("SELECT 1 FROM profile_word WHERE word = ? AND customer = ?", row -> row.number(1), bytes(word),
            customer)
        .isPresent());
  }

  int dropLost(Transaction transaction) {
    return transaction.update("DELETE FROM profile_word WHERE customer NOT IN (SELECT customer FROM profile)");
  }

  private static List<@Nullable Object[]> rows(Set<String> words, Set<String> without, long customer) {
    return words.stream().filter(word -> !without.contains(word))
        .map(word -> new @Nullable Object[]{bytes(word), customer}).toList();
  }

  ProfilePage page(Transaction transaction, String text, Optional<Boolean> known, int limit, Optional<String> cursor) {
    if (limit < 1 || limit > LIMIT_MAX) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER,
          "limit was %d but must be 1 to %d".formatted(limit, LIMIT_MAX)).asException();
    }
    var words = Words.of(text);
    if (words.isEmpty() && !text.isBlank()) {
      return new ProfilePage(List.of(), Optional.empty());
    }
    var sql = new StringBuilder("SELECT " + ProfileTable.COLUMNS + " FROM profile WHERE 1 = 1");
    var parameters = new ArrayList<@Nullable Object>();
    for (String word : words) {
      sql.append(" AND customer IN (SELECT customer FROM profile_word WHERE word >= ? AND word < ?)");
      parameters.add(bytes(word));
      parameters.add(afterAllThatStartWith(word));
    }
    known.ifPresent(answer -> {
      sql.append(" AND known = ?");
      parameters.add(answer);
    });
    cursor.map(Cursor::read).ifPresent(after -> {
      sql.append(" AND (last_seen < ? OR (last_seen = ? AND customer < ?))");
      parameters.add(after.lastSeen());
      parameters.add(after.lastSeen());
      parameters.add(after.customer());
    });
    sql.append(" ORDER BY last_seen DESC, customer DESC LIMIT ?");
    parameters.add(limit + 1);
    var found = transaction.query(sql.toString(), ProfileTable::profile, parameters.toArray());
    if (found.size() <= limit) {
      return new ProfilePage(found, Optional.empty());
    }
    var page = found.subList(0, limit);
    return new ProfilePage(page, Optional.of(Cursor.after(page.getLast()).text()));
  }

  private static byte[] bytes(String word) {
    return word.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] afterAllThatStartWith(String word) {
    byte[] start = bytes(word);
    byte[] end = Arrays.copyOf(start, start.length + 1);
    end[start.length] = AFTER_ALL;
    return end;
  }

  /// Where a page ended.
  private record Cursor(Instant lastSeen, long customer) {

    static Cursor after(Profile profile) {
      return new Cursor(profile.lastSeen(), profile.customer().number());
    }

    static Cursor read(String text) {
      try {
        String[] parts = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split(" ");
        return new Cursor(Instant.parse(parts[0]), Long.parseLong(parts[1]));
      } catch (IllegalArgumentException | IndexOutOfBoundsException | DateTimeException unreadable) {
        throw new ProblemException(Problem.of(Problem.Code.INVALID_PARAMETER,
            "cursor was not one that a page before gave as next", "Leave it out to start at the first page."),
            unreadable);
      }
    }

    String text() {
      return Base64.getUrlEncoder().withoutPadding()
          .encodeToString((lastSeen + " " + customer).getBytes(StandardCharsets.UTF_8));
    }
  }
}
