package portrait.stages.engagement;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Fingerprint;
import portrait.foundation.model.Schema;
import portrait.foundation.model.Schema.Column;
import portrait.foundation.model.Secret;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSession;

/// Counts mail and meetings between an organisation and its accounts, over the last year, its months and its weeks. While
/// it counts, people and messages are numbers that mean nothing afterwards; what stays is about accounts.
public final class Engagement {

  /// The columns that say something about an account and a period.
  public static final List<String> COLUMNS = List.of("EngagementScore", "NoOfEmails_ToAccount",
      "NoOfEmails_FromAccount", "NoOfMeetings_FromAccount", "NoOfMeetings_ToAccount", "NoOfContactsInvolved_Meetings",
      "NoOfContactsInvolved_Emails", "NoOfAccountContactsInvolved_Meetings", "NoOfAccountContactsInvolved_Emails",
      "EngagementStartDate", "DaysSinceLastEmail", "DaysSinceLastMeeting", "AverageDuration_Of_Meetings",
      "AverageDuration_Of_AccountEmailReplies", "AggregationStartDate", "AggregationLevel");

  /// How far back it looks.
  public static final Duration WINDOW = Duration.ofDays(365);

  private final Warehouse warehouse;

  public Engagement(Warehouse warehouse) {
    this.warehouse = warehouse;
  }

  /// The mail and calendar files (`.eml`, `.mbox`, `.ics`) in a folder and those below.
  ///
  /// @param now until when meetings of a series are looked for
  public static Correspondence folder(Path folder, Instant now) {
    return new MailFolder(folder, now.minus(WINDOW), now);
  }

  /// A row for each account and period.
  public static String periods(String name) {
    return name + "_Periods";
  }

  /// A row for each address of the organisation.
  public static String users(String name) {
    return name + "_UserEntity";
  }

  /// One row: what the count rests on.
  public static String coverage(String name) {
    return name + "_Coverage";
  }

  /// What the last count rests on; empty when nothing was counted yet.
  public Optional<Coverage> lastCoverage(String name) {
    return warehouse.read(session -> HistoryReader.counted(session, coverage(name)))
        .map(HistoryReader.Counted::coverage);
  }

  /// What the last count says about an account; empty when nothing was counted yet.
  public Optional<History> history(String name, String account) {
    return warehouse.read(session -> HistoryReader.counted(session, coverage(name))
        .map(counted -> HistoryReader.history(session, periods(name), counted, account)));
  }

  /// What the numbers of a count are kept in; not for showing.
  public static List<String> ledgerTables(String name) {
    return List.of(Ledger.facts(name), Ledger.marks(name));
  }

  /// Opens what is known from counts before.
  ///
  /// @param name of the count
  /// @param key without which the numbers say nothing
  public Ledger ledger(String name, Secret key) {
    return new Ledger(warehouse, name, Optional.of(key));
  }

  /// Reads everything anew, counts, and replaces the tables.
  ///
  /// @param name what the names of the tables begin with
  /// @param own the addresses of the organisation
  /// @param contacts the account of each address of a contact
  public Coverage count(String name, Set<String> own, Map<String, Set<String>> contacts,
      Correspondence correspondence, Instant now) {
    try (var ledger = new Ledger(warehouse, name, Optional.empty())) {
      var reading = ledger.addAll(correspondence, now.minus(WINDOW), now);
      return count(name, ledger, own, contacts, reading, now);
    }
  }

  /// Reads what came to a mailbox since the last time, counts the last year, and replaces the tables.
  ///
  /// @param name what the names of the tables begin with
  /// @param own the addresses of the organisation
  /// @param contacts the account of each address of a contact
  public Coverage count(String name, Set<String> own, Map<String, Set<String>> contacts, MailServer server,
      Instant now) {
    try (var ledger = ledger(name, server.password())) {
      var reading = server.read(ledger, now.minus(WINDOW));
      ledger.keepOnly(server.places());
      return count(name, ledger, own, contacts, reading, now);
    }
  }

  private Coverage count(String name, Ledger ledger, Set<String> own, Map<String, Set<String>> contacts,
      Correspondence.Reading reading, Instant now) {
    return count(name, ledger, own.stream().collect(Collectors.toMap(Function.identity(),
        address -> Fingerprint.of(List.of(Encounter.address(address))), (one, _) -> one)), contacts, reading, now);
  }

  /// Counts what a ledger holds, and replaces the tables.
  ///
  /// @param own an id for each address of the organisation; several addresses may be one
  /// @param reading how far the ledger was filled
  public Coverage count(String name, Ledger ledger, Map<String, String> own, Map<String, Set<String>> contacts,
      Correspondence.Reading reading, Instant now) {
    var addresses = own.keySet().stream().map(Encounter::address).collect(Collectors.toCollection(TreeSet::new));
    return warehouse.write(session -> {
      ledger.tidy(session, now.minus(WINDOW));
      session.createTemporary("_own", new Schema(List.of(number("person"))));
      session.append("_own", addresses.stream().map(address -> new @Nullable Object[]{ledger.person(address)}));
      session.createTemporary("_contact",
          new Schema(List.of(number("person"), Column.of("account", ColumnType.STRING))));
      session.append("_contact", contacts.entrySet().stream()
          .filter(contact -> !addresses.contains(Encounter.address(contact.getKey())))
          .flatMap(contact -> contact.getValue().stream()
              .map(account -> new @Nullable Object[]{ledger.person(contact.getKey()), account})));
      var facts = Sql.name(Ledger.facts(name));
      session.execute(Sql.format(EngagementSql.COUNTED, facts));
      session.execute(Sql.format(EngagementSql.PERIODS, Sql.name(periods(name)),
          Sql.of("CAST(? AS TIMESTAMP)", now.atOffset(ZoneOffset.UTC).toLocalDateTime().toString()),
          Sql.of("CAST(? AS DATE)", now.minus(WINDOW).atOffset(ZoneOffset.UTC).toLocalDate().toString())));
      var ids = new TreeSet<>(own.values());
      session.create(users(name), Schema.of(Column.of("UserId", ColumnType.STRING)));
      session.append(users(name), ids.stream().map(id -> new @Nullable Object[]{id}));
      var coverage = coverage(session, facts, ids.size(), reading, now);
      session.create(coverage(name), new Schema(List.of(Column.of("CountedAt", ColumnType.TIMESTAMP),
          number("AddressesSelected"), number("AddressesProcessed"), number("EmailsProcessed"),
          number("MeetingsProcessed"), number("DaysCovered"), number("PlacesRead"), number("PlacesUnread"),
          number("EntriesUnread"))));
      session.append(coverage(name), List.<@Nullable Object[]>of(new @Nullable Object[]{now,
          coverage.addressesSelected(), coverage.addressesSeen(), coverage.mails(), coverage.meetings(),
          coverage.days(), coverage.placesRead(), coverage.placesUnread(), coverage.entriesUnread()}).stream());
      return coverage;
    });
  }

  private static Coverage coverage(WarehouseSession session, Sql facts, long selected, Correspondence.Reading reading,
      Instant now) {
    record Seen(long people, long mails, long meetings, Optional<Instant> first) {}
    var seen = session.first(Sql.format(EngagementSql.SEEN, facts), row -> new Seen(row.number(1), row.number(2),
        row.number(3), row.value(4) instanceof Instant moment ? Optional.of(moment) : Optional.empty())).orElseThrow();
    long days = seen.first().map(first -> ChronoUnit.DAYS.between(first, now) + 1).orElse(0L);
    return new Coverage(selected, seen.people(), seen.mails(), seen.meetings(), Math.min(days, WINDOW.toDays()),
        reading.placesRead(), reading.placesUnread(), reading.entriesUnread());
  }

  private static Column number(String name) {
    return Column.of(name, ColumnType.INTEGER);
  }
}
