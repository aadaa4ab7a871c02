package portrait.stages.engagement;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;

/// Reads what a count left.
final class HistoryReader {

  private static final String COVERAGE = """
      SELECT "CountedAt", "AddressesSelected", "AddressesProcessed", "EmailsProcessed", "MeetingsProcessed",
        "DaysCovered", "PlacesRead", "PlacesUnread", "EntriesUnread" FROM {}""";
  private static final String OF_ACCOUNT = """
      SELECT "AggregationLevel", "AggregationStartDate", "EngagementScore",
        "NoOfEmails_ToAccount" + "NoOfEmails_FromAccount", "NoOfMeetings_ToAccount" + "NoOfMeetings_FromAccount"
      FROM {} WHERE "AccountId" = {} AND "AggregationLevel" <> 'week'
      ORDER BY "AggregationLevel", "AggregationStartDate" NULLS LAST""";

  private HistoryReader() {}

  /// What the last count rests on.
  record Counted(Instant at, Coverage coverage) {}

  static Optional<Counted> counted(WarehouseSession session, String table) {
    return session.schema(table).filter(schema -> schema.column("PlacesUnread").isPresent())
        .flatMap(_ -> session.first(Sql.format(COVERAGE, Sql.name(table)),
            row -> new Counted(moment(row.value(1)), new Coverage(row.number(2), row.number(3), row.number(4),
                row.number(5), row.number(6), row.number(7), row.number(8),
                row.number(9)))));
  }

  static History history(WarehouseSession session, String periods, Counted counted, String account) {
    record Row(boolean isYear, YearMonth month, long score, long mails, long meetings) {}
    var rows = session.query(Sql.format(OF_ACCOUNT, Sql.name(periods), Sql.of("?", account)),
        row -> new Row(row.text(1).equals("year"), YearMonth.from(day(row.value(2))), row.number(3),
            row.number(4), row.number(5)));
    var year = rows.stream().filter(Row::isYear).findFirst();
    Map<YearMonth, Row> byMonth = new HashMap<>();
    rows.stream().filter(row -> !row.isYear()).forEach(row -> byMonth.put(row.month(), row));
    var last = YearMonth.from(counted.at().atOffset(ZoneOffset.UTC));
    var months = new ArrayList<History.Month>();
    for (var month = YearMonth.from(counted.at().minus(Engagement.WINDOW).atOffset(ZoneOffset.UTC)); !month
        .isAfter(last); month = month.plusMonths(1)) {
      var row = byMonth.get(month);
      months.add(new History.Month(month, row == null ? 0 : row.mails(), row == null ? 0 : row.meetings()));
    }
    return new History(year.map(row -> OptionalLong.of(row.score())).orElse(OptionalLong.empty()),
        year.map(Row::mails).orElse(0L), year.map(Row::meetings).orElse(0L), counted.coverage().days(), months);
  }

  private static Instant moment(@Nullable Object value) {
    return value instanceof Instant moment ? moment : Instant.EPOCH;
  }

  private static LocalDate day(@Nullable Object value) {
    return value instanceof LocalDate day ? day : LocalDate.EPOCH;
  }
}
