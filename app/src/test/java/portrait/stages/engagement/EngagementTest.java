package portrait.stages.engagement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.model.Secret;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSettings;

/// Mail and meetings of a small organisation with three accounts, counted.
class EngagementTest {

  private static final Instant NOW = Instant.parse("2026-06-30T12:00:00Z");
  private static final Set<String> OWN = Set.of("ann@shop.example", "bob@shop.example");
  private static final Map<String, Set<String>> CONTACTS = Map.of("marie@acme.example", Set.of("acme"),
      "paul@acme.example", Set.of("acme"), "gil@globex.example", Set.of("globex"), "zoe@initech.example",
      Set.of("initech"));

  @TempDir
  Path folder;
  private Warehouse warehouse;
  private Engagement engagement;

  @BeforeEach
  void open() {
    warehouse = Warehouse.open(WarehouseSettings.inMemory());
    engagement = new Engagement(warehouse);
  }

  @AfterEach
  void close() {
    warehouse.close();
  }

  private static Encounter mail(String id, String thread, String at, String from, String... to) {
    return new Encounter(Encounter.Kind.MAIL, id, thread, Instant.parse(at), 0, from, List.of(to));
  }

  private static Encounter meeting(String id, String at, long minutes, String from, String... to) {
    return new Encounter(Encounter.Kind.MEETING, id, id, Instant.parse(at), minutes, from, List.of(to));
  }

  private static List<Encounter> encounters() {
    return List.of(
        mail("1", "1", "2026-06-01T08:00:00Z", "ann@shop.example", "marie@acme.example", "Paul@ACME.example"),
        mail("2", "1", "2026-06-01T11:00:00Z", "marie@acme.example", "ann@shop.example", "bob@shop.example"),
        mail("3", "1", "2026-06-02T11:00:00Z", "marie@acme.example", "ann@shop.example"),
        mail("4", "4", "2026-05-20T08:00:00Z", "bob@shop.example", "gil@globex.example"),
        mail("old", "old", "2025-01-01T08:00:00Z", "bob@shop.example", "gil@globex.example"),
        mail("others", "o", "2026-06-03T08:00:00Z", "gil@globex.example", "marie@acme.example"),
        mail("within", "w", "2026-06-03T08:00:00Z", "ann@shop.example", "bob@shop.example"),
        meeting("m1", "2026-06-10T09:00:00Z", 60, "ann@shop.example", "marie@acme.example", "bob@shop.example"),
        meeting("m2", "2026-06-11T09:00:00Z", 30, "paul@acme.example", "ann@shop.example"));
  }

  private Coverage count(List<Encounter> encounters) {
    return engagement.count("Office", OWN, CONTACTS, use -> {
      encounters.forEach(use);
      return new Correspondence.Reading(1, 0, 0);
    }, NOW);
  }

  private List<String> rows(String where) {
    return warehouse.read(session -> session.query(
        Sql.of("SELECT * FROM \"Office_Periods\" WHERE " + where + " ORDER BY \"PrimaryKey\""), row -> {
          var values = new ArrayList<String>();
          for (int place = 2; place <= row.columns(); place++) {
            values.add(String.valueOf(row.value(place)));
          }
          return String.join(" ", values);
        }));
  }

  @Test
  void mailAndMeetingsAreCountedByAccount() {
    var coverage = count(encounters());
    assertEquals(List.of("acme 100 1 2 1 1 2 2 2 2 2026-06-01 28 19 45.0 3.0 2025-06-30 year",
        "globex 0 1 0 0 0 0 1 0 1 2026-05-20 41 null null null 2025-06-30 year"),
        rows("\"AggregationLevel\" = 'year'").stream().toList());
    assertEquals(List.of("acme 100 1 2 1 1 2 2 2 2 2026-06-01 28 19 45.0 3.0 2026-06-01 month",
        "globex 75 1 0 0 0 0 1 0 1 2026-05-20 41 null null null 2026-05-01 month"),
        rows("\"AggregationLevel\" = 'month'"));
    assertEquals(3, rows("\"AggregationLevel\" = 'week'").size());
    assertEquals(new Coverage(2, 2, 6, 2, 42, 1, 0, 0), coverage);
  }

  @Test
  void theTableHasTheSixteenColumns() {
    count(encounters());
    var columns = new ArrayList<>(List.of("PrimaryKey", "AccountId"));
    columns.addAll(Engagement.COLUMNS);
    assertEquals(16, Engagement.COLUMNS.size());
    assertEquals(columns, warehouse.read(session -> session.schema("Office_Periods").orElseThrow().columns().stream()
        .map(column -> column.name()).toList()));
  }

  @Test
  void copiesInAnyOrderCountOnce() {
    count(encounters());
    var once = rows("TRUE");
    for (long seed = 1; seed <= 3; seed++) {
      var twice = new ArrayList<>(encounters());
      twice.addAll(encounters());
      Collections.shuffle(twice, new Random(seed));
      count(twice);
      assertEquals(once, rows("TRUE"), "seed " + seed);
    }
  }

  @Test
  void whatIsReadAgainAndAgainNeitherChangesCountsNorFillsTheLedger() {
    count(encounters());
    var once = rows("TRUE");
    var own = OWN.stream().collect(Collectors.toMap(address -> address, address -> address));
    for (int run = 1; run <= 10; run++) {
      try (var ledger = engagement.ledger("Office", Secret.of("key"))) {
        ledger.add("inbox", encounters(), "run " + run);
        engagement.count("Office", ledger, own, CONTACTS, new Correspondence.Reading(1, 0, 0), NOW);
        ledger.keepOnly(List.of("inbox"));
      }
      assertEquals(once, rows("TRUE"), "run " + run);
      // One message is older than a year, the others have 18 people.
      long kept = warehouse.read(session -> session.first(Sql.format("SELECT count(*) FROM {}",
          Sql.name(Engagement.ledgerTables("Office").getFirst())), row -> row.number(1))).orElseThrow();
      assertTrue(kept >= 18 && kept < 2 * 18, "run %d: %d rows".formatted(run, kept));
    }
  }

  @Test
  void theScoreIsTheMeanOfFourSharesOfTheOthers() {
    // Mails 1, 1, 2; meetings 1, 0, 0; people 4, 2, 2; the last at days 9, 2, 1 of June.
    count(List.of(mail("a", "a", "2026-06-08T08:00:00Z", "ann@shop.example", "marie@acme.example"),
        meeting("b", "2026-06-09T08:00:00Z", 30, "ann@shop.example", "marie@acme.example"),
        mail("c", "c", "2026-06-02T08:00:00Z", "ann@shop.example", "gil@globex.example"),
        mail("d", "d", "2026-06-01T08:00:00Z", "ann@shop.example", "zoe@initech.example"),
        mail("e", "e", "2026-06-01T09:00:00Z", "ann@shop.example", "zoe@initech.example")));
    // acme: 1/4 + 1 + 1 + 1; globex: 1/4 + 0 + 1/4 + 1/2; initech: 1 + 0 + 1/4 + 0.
    assertEquals(List.of("acme 81", "globex 25", "initech 31"), warehouse.read(session -> session.query(Sql.of("""
        SELECT "AccountId" || ' ' || "EngagementScore" FROM "Office_Periods" WHERE "AggregationLevel" = 'year'
        ORDER BY 1"""), row -> row.text(1))));
  }

  @Test
  void nothingIsCountedWhereThereIsNothing() {
    assertEquals(new Coverage(2, 0, 0, 0, 0, 1, 0, 0), count(List.of()));
    assertEquals(List.of(), rows("TRUE"));
  }

  @Test
  void filesAreReadWithoutWhatWasSaid() throws IOException {
    Files.createDirectories(folder.resolve("2026"));
    Files.writeString(folder.resolve("one.eml"), """
        Message-ID: <1@shop.example>
        Date: Mon, 1 Jun 2026 10:00:00 +0200
        From: Ann <ann@shop.example>
        To: "Dupont, Marie" <marie@acme.example>,
         paul@acme.example
        Subject: A secret

        Message-ID: <9@shop.example>
        """);
    Files.writeString(folder.resolve("2026/all.mbox"), """
        From marie@acme.example Mon Jun  1 11:00:00 2026
        Message-ID: <2@acme.example>
        References: <1@shop.example> <x@shop.example>
        Date: Mon, 1 Jun 2026 11:00:00 +0000
        From: marie@acme.example
        To: ann@shop.example
        Cc: bob@shop.example

        >From here on a secret

        From nobody Mon Jun  1 12:00:00 2026
        Subject: no sender

        """);
    Files.writeString(folder.resolve("calendar.ics"), """
        BEGIN:VCALENDAR
        BEGIN:VEVENT
        UID:m1
        DTSTART;TZID=Europe/Paris:20260610T110000
        DURATION:PT1H
        SUMMARY:A secret
        ORGANIZER;CN="Ann: sales":mailto:ann@shop.example
        ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED:mailto:mar
         ie@acme.example
        BEGIN:VALARM
        DURATION:PT15M
        END:VALARM
        END:VEVENT
        BEGIN:VEVENT
        UID:cancelled
        STATUS:CANCELLED
        DTSTART:20260610T090000Z
        ORGANIZER:mailto:ann@shop.example
        ATTENDEE:mailto:marie@acme.example
        END:VEVENT
        BEGIN:VEVENT
        UID:holiday
        DTSTART;VALUE=DATE:20260611
        ORGANIZER:mailto:ann@shop.example
        ATTENDEE:mailto:marie@acme.example
        END:VEVENT
        BEGIN:VEVENT
        UID:nowhere
        DTSTART;TZID=Mars/Olympus:20260610T110000
        ORGANIZER:mailto:ann@shop.example
        ATTENDEE:mailto:marie@acme.example
        END:VEVENT
        END:VCALENDAR
        """);
    var found = new ArrayList<List<Object>>();
    var reading = Engagement.folder(folder, NOW).read(each -> found.add(List.of(each.kind(), each.id(), each.thread(),
        each.at(), each.minutes(), each.from(), each.to())));
    assertEquals(List.of(
        List.of(Encounter.Kind.MAIL, "<2@acme.example>", "<1@shop.example>", Instant.parse("2026-06-01T11:00:00Z"), 0L,
            "marie@acme.example", List.of("ann@shop.example", "bob@shop.example")),
        List.of(Encounter.Kind.MAIL, "<1@shop.example>", "<1@shop.example>", Instant.parse("2026-06-01T08:00:00Z"), 0L,
            "ann@shop.example", List.of("marie@acme.example", "paul@acme.example")),
        List.of(Encounter.Kind.MEETING, "m1 2026-06-10T09:00:00Z", "m1", Instant.parse("2026-06-10T09:00:00Z"), 60L,
            "ann@shop.example", List.of("marie@acme.example"))),
        found);
    assertEquals(new Correspondence.Reading(3, 0, 2), reading);
    assertFalse(found.toString().contains("secret"));
  }

  private void event(String file, String more, String start) throws IOException {
    Files.writeString(folder.resolve(file), """
        BEGIN:VCALENDAR
        BEGIN:VEVENT
        UID:m1
        %s
        DTSTART%s
        DURATION:PT1H
        ORGANIZER:mailto:ann@shop.example
        ATTENDEE:mailto:marie@acme.example
        END:VEVENT
        END:VCALENDAR
        """.formatted(more, start.startsWith(";") ? start : ":" + start));
  }

  private List<String> meetings() {
    var found = new ArrayList<String>();
    Engagement.folder(folder, NOW).read(each -> found.add(each.at().toString()));
    Collections.sort(found);
    return found;
  }

  @Test
  void aMeetingThatIsMovedOrCalledOffCountsAsWasSaidLast() throws IOException {
    // The name of a file says nothing about when it was written.
    event("b.ics", "SEQUENCE:0", "20260610T090000Z");
    event("a.ics", "SEQUENCE:1", "20260611T090000Z");
    assertEquals(List.of("2026-06-11T09:00:00Z"), meetings());

    event("c.ics", "SEQUENCE:0\nRECURRENCE-ID:20260617T090000Z", "20260618T090000Z");
    event("d.ics", "SEQUENCE:1", "20260624T090000Z");
    assertEquals(List.of("2026-06-11T09:00:00Z", "2026-06-18T09:00:00Z", "2026-06-24T09:00:00Z"), meetings(),
        "those of a series, listed one by one, and one that was changed alone");

    event("e.ics", "SEQUENCE:2\nSTATUS:CANCELLED", "20260611T090000Z");
    assertEquals(List.of("2026-06-18T09:00:00Z"), meetings());
  }

  @Test
  void eachOneOfASeriesIsAMeetingAtTheHourOfItsZone() throws IOException {
    String paris = ";TZID=Europe/Paris:";
    event("series.ics", "RRULE:FREQ=WEEKLY;COUNT=5\nEXDATE%s20260323T100000".formatted(paris),
        paris + "20260316T100000");
    // Summer time begins on 29 March.
    assertEquals(List.of("2026-03-16T09:00:00Z", "2026-03-30T08:00:00Z", "2026-04-06T08:00:00Z",
        "2026-04-13T08:00:00Z"), meetings());

    event("a moved one.ics", "RECURRENCE-ID%s20260406T100000".formatted(paris), paris + "20260407T150000");
    event("one called off.ics", "STATUS:CANCELLED\nRECURRENCE-ID:20260413T080000Z", "20260413T080000Z");
    assertEquals(List.of("2026-03-16T09:00:00Z", "2026-03-30T08:00:00Z", "2026-04-07T13:00:00Z"), meetings());

    event("z series moved.ics", "SEQUENCE:1\nRRULE:FREQ=WEEKLY;UNTIL=20260401T000000Z\nRDATE:20260501T090000Z",
        "20260317T090000Z");
    assertEquals(List.of("2026-03-17T09:00:00Z", "2026-03-24T09:00:00Z", "2026-03-31T09:00:00Z",
        "2026-04-07T13:00:00Z", "2026-05-01T09:00:00Z"), meetings());

    event("zz.ics", "SEQUENCE:2\nSTATUS:CANCELLED", "20260317T090000Z");
    assertEquals(List.of("2026-04-07T13:00:00Z"), meetings());
  }

  @Test
  void aSeriesWithoutEndIsLookedAtForAYear() throws IOException {
    event("daily.ics", "RRULE:FREQ=DAILY", "20100101T090000Z");
    var meetings = meetings();
    assertEquals("2025-06-30T12:00:00Z", NOW.minus(Engagement.WINDOW).toString());
    assertEquals(List.of("2010-01-01T09:00:00Z", "2025-07-01T09:00:00Z", "2026-06-30T09:00:00Z"),
        List.of(meetings.getFirst(), meetings.get(1), meetings.getLast()));
    assertEquals(366, meetings.size());

    event("daily.ics", "RRULE:FREQ=SOMETIMES", "20100101T090000Z");
    assertEquals(1, Engagement.folder(folder, NOW).read(_ -> {}).entriesUnread());
  }
}
