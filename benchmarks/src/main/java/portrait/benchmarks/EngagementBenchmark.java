package portrait.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import portrait.app.Configuration;
import portrait.app.Wiring;
import portrait.foundation.model.Secret;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.stages.engagement.Correspondence;
import portrait.stages.engagement.Encounter;
import portrait.stages.engagement.Engagement;
import portrait.stages.engagement.Ledger;

/// How long counting mail and meetings by account takes once they are known, beside the same aggregation written by hand
/// for the same rows: `portrait bench engagement --messages N --meetings M`. Both must come to the same numbers.
final class EngagementBenchmark implements Main.Benchmark {

  private static final String BENCH = "engagement";
  private static final String NAME = "bench";
  private static final int SLICE = 50_000;
  private static final int OWN = 500;
  private static final int CONTACTS_PER_ACCOUNT = 5;
  private static final int MESSAGES_PER_ACCOUNT = 1_000;
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final long SECONDS = Engagement.WINDOW.minusDays(1).toSeconds();
  /** Of the columns, those that the aggregation makes; the score is computed from them, from a few rows. */
  private static final List<String> COMPARED = List.of("AccountId", "AggregationLevel", "AggregationStartDate",
      "NoOfEmails_ToAccount", "NoOfEmails_FromAccount", "NoOfMeetings_FromAccount", "NoOfMeetings_ToAccount",
      "NoOfContactsInvolved_Meetings", "NoOfContactsInvolved_Emails", "NoOfAccountContactsInvolved_Meetings",
      "NoOfAccountContactsInvolved_Emails");

  @Override
  public void run(Path launcher, List<String> more) throws IOException {
    var sizes = Sizes.read(more, Map.of("messages", 1_000_000, "meetings", 100_000));
    int entries = sizes.get("messages") + sizes.get("meetings");
    int accounts = Math.max(10, sizes.get("messages") / MESSAGES_PER_ACCOUNT);
    try (var home = FilledHome.create()) {
      var configuration = Configuration.read(home.folder(), Map.of("port", "0"), System.getenv());
      try (var portrait = Wiring.open(configuration, Clock.systemUTC())) {
        var warehouse = portrait.warehouse();
        var engagement = new Engagement(warehouse);
        try (var ledger = engagement.ledger(NAME, Secret.of("bench"))) {
          introduce(ledger, accounts);
          lay(ledger, sizes, accounts);
          long rows = copyFacts(warehouse);
          var own = IntStream.range(0, OWN).mapToObj(EngagementBenchmark::own)
              .collect(Collectors.toMap(address -> address, address -> address));
          var contacts = new TreeMap<String, Set<String>>();
          for (int contact = 0; contact < accounts * CONTACTS_PER_ACCOUNT; contact++) {
            contacts.put(contact(contact), Set.of("account-" + contact / CONTACTS_PER_ACCOUNT));
          }
          var counted = Taken.by(() -> engagement.count(NAME, ledger, own, contacts,
              new Correspondence.Reading(1, 0, 0), NOW));
          var byHand = Taken.by(() -> countByHand(warehouse));
          compare(warehouse);
          String what = " of counting %,d messages and meetings in %,d rows, %,d accounts; baseline: by hand"
              .formatted(entries, rows, accounts);
          new Figure(BENCH, "rows a second" + what, rows / counted.clock(), "1/s", rows / byHand.clock(),
              counted.cpu() * 1_000 / rows).print();
          new Figure(BENCH, "CPU" + what, counted.cpu(), "s", byHand.cpu(), null).print();
          new Figure(BENCH, "peak of memory" + what, counted.peak(), "MB", byHand.peak(), null).print();
        }
      }
    }
  }

  private static String own(int number) {
    return "colleague%d@shop.example".formatted(number);
  }

  private static String contact(int number) {
    return "contact%d@account%d.example".formatted(number, number / CONTACTS_PER_ACCOUNT);
  }

  /// Conversations of four messages, each answered to; every third message lies in two mailboxes.
  private static void lay(Ledger ledger, Sizes sizes, int accounts) {
    var random = new Random(7);
    var slice = new ArrayList<Encounter>();
    int added = 0;
    for (int message = 0; message < sizes.get("messages"); message++) {
      int thread = message / 4;
      var one = new Random(thread);
      String ours = own(one.nextInt(OWN));
      int account = one.nextInt(accounts);
      String theirs = contact(account * CONTACTS_PER_ACCOUNT + one.nextInt(CONTACTS_PER_ACCOUNT));
      var at = NOW.minusSeconds(1 + one.nextLong(SECONDS)).plus(Duration.ofMinutes(7L * (message % 4)));
      boolean isOurs = message % 2 == 0;
      String copied = random.nextBoolean() ? own(random.nextInt(OWN))
          : contact(account * CONTACTS_PER_ACCOUNT + random.nextInt(CONTACTS_PER_ACCOUNT));
      var encounter = new Encounter(Encounter.Kind.MAIL, "m" + message, "t" + thread, at.isBefore(NOW) ? at : NOW, 0,
          isOurs ? ours : theirs, List.of(isOurs ? theirs : ours, copied));
      slice.add(encounter);
      if (message % 3 == 0) {
        slice.add(encounter);
      }
      if (slice.size() >= SLICE) {
        ledger.add("place " + added++, slice, "");
        slice.clear();
      }
    }
    for (int meeting = 0; meeting < sizes.get("meetings"); meeting++) {
      int account = random.nextInt(accounts);
      String theirs = contact(account * CONTACTS_PER_ACCOUNT + random.nextInt(CONTACTS_PER_ACCOUNT));
      boolean isOurs = random.nextInt(3) > 0;
      String ours = own(random.nextInt(OWN));
      slice.add(new Encounter(Encounter.Kind.MEETING, "e" + meeting, "e" + meeting,
          NOW.minusSeconds(1 + random.nextLong(SECONDS)), 15L * (1 + random.nextInt(6)), isOurs ? ours : theirs,
          List.of(isOurs ? theirs : ours, own(random.nextInt(OWN)))));
      if (slice.size() >= SLICE) {
        ledger.add("place " + added++, slice, "");
        slice.clear();
      }
    }
    ledger.add("place " + added, slice, "");
  }

  /// Everybody writes once, long before what is counted, in seconds that tell who it was: so the query by hand knows
  /// their numbers.
  private static void introduce(Ledger ledger, int accounts) {
    var letters = new ArrayList<Encounter>();
    for (int person = 0; person < OWN + accounts * CONTACTS_PER_ACCOUNT; person++) {
      letters.add(new Encounter(Encounter.Kind.MAIL, "x" + person, "x" + person, Instant.ofEpochSecond(person), 0,
          person < OWN ? own(person) : contact(person - OWN), List.of()));
    }
    ledger.add("before", letters, "");
  }

  private static long copyFacts(Warehouse warehouse) {
    return warehouse.write(session -> {
      session.execute(Sql.format("""
          CREATE TABLE hand_facts AS FROM {} WHERE moment > DATE '2000-01-01';
          CREATE TABLE hand_own AS SELECT person FROM {} WHERE moment < DATE '2000-01-01' AND epoch(moment) < {};
          CREATE TABLE hand_contact AS SELECT person,
            'account-' || (CAST(epoch(moment) AS BIGINT) - {}) // {} AS account
          FROM {} WHERE moment < DATE '2000-01-01' AND epoch(moment) >= {}""", facts(), facts(), Sql.of("" + OWN),
          Sql.of("" + OWN), Sql.of("" + CONTACTS_PER_ACCOUNT), facts(), Sql.of("" + OWN)));
      return session.first(Sql.of("SELECT count(*) FROM hand_facts"), row -> row.number(1)).orElseThrow();
    });
  }

  private static Sql facts() {
    return Sql.name(Engagement.ledgerTables(NAME).getFirst());
  }

  /// What somebody would write who needs this once.
  private static boolean countByHand(Warehouse warehouse) {
    var levels = new TreeMap<>(Map.of("month", "date_trunc('month', moment)::DATE", "week",
        "date_trunc('week', moment)::DATE", "year", "DATE '%s'".formatted(NOW.minus(Engagement.WINDOW).toString()
            .substring(0, 10))));
    String counted = levels.entrySet().stream().map(level -> """
        SELECT sums.*, '%1$s' AS level, our_meetings, our_mails, their_meetings, their_mails FROM (
          SELECT account, %2$s AS start,
            count(*) FILTER (NOT is_meeting AND NOT from_them) AS mails_to,
            count(*) FILTER (NOT is_meeting AND from_them) AS mails_from,
            count(*) FILTER (is_meeting AND from_them) AS meetings_from,
            count(*) FILTER (is_meeting AND NOT from_them) AS meetings_to,
            min(moment) AS first_at, max(moment) AS last_at,
            max(moment) FILTER (NOT is_meeting) AS last_mail, max(moment) FILTER (is_meeting) AS last_meeting,
            avg(minutes) FILTER (is_meeting) AS meeting_minutes, avg(reply) AS reply
          FROM hand_between GROUP BY 1, 2) AS sums
        JOIN (
          SELECT account, %2$s AS start, count(DISTINCT person) FILTER (is_meeting) AS their_meetings,
            count(DISTINCT person) FILTER (NOT is_meeting) AS their_mails
          FROM hand_theirs GROUP BY 1, 2) USING (account, start)
        JOIN (
          SELECT account, %2$s AS start, count(DISTINCT person) FILTER (is_meeting) AS our_meetings,
            count(DISTINCT person) FILTER (NOT is_meeting) AS our_mails
          FROM hand_ours GROUP BY 1, 2) USING (account, start)""".formatted(level.getKey(), level.getValue()))
        .collect(Collectors.joining(" UNION ALL "));
    return warehouse.write(session -> {
      session.execute(Sql.of("""
          CREATE TEMP TABLE hand_people AS
          SELECT is_meeting, item, person, min(thread) AS thread, min(moment) AS moment, max(minutes) AS minutes,
            bool_or(is_from) AS is_from
          FROM hand_facts GROUP BY is_meeting, item, person;
          CREATE TEMP TABLE hand_between AS
          WITH ours AS (SELECT is_meeting, item, bool_or(is_from) AS from_us FROM hand_people
            WHERE person IN (SELECT person FROM hand_own) GROUP BY ALL),
          theirs AS (SELECT is_meeting, item, account, min(thread) AS thread, min(moment) AS moment,
              max(minutes) AS minutes, bool_or(is_from) AS from_them
            FROM hand_people JOIN hand_contact USING (person) GROUP BY is_meeting, item, account)
          SELECT theirs.*, CASE WHEN NOT is_meeting AND from_them AND NOT lag(from_them) OVER talk
            THEN date_diff('second', lag(moment) OVER talk, moment) / 3600.0 END AS reply
          FROM theirs JOIN ours USING (is_meeting, item) WHERE from_them OR from_us
          WINDOW talk AS (PARTITION BY is_meeting, account, thread ORDER BY moment, item);
          CREATE TEMP TABLE hand_theirs AS SELECT account, hand_between.moment, is_meeting, person
          FROM hand_between JOIN (FROM hand_people JOIN hand_contact USING (person)) USING (is_meeting, item, account);
          CREATE TEMP TABLE hand_ours AS SELECT account, hand_between.moment, is_meeting, person
          FROM hand_between JOIN (FROM hand_people WHERE person IN (SELECT person FROM hand_own)) USING (is_meeting, item)
          """));
      session.execute(Sql.of("CREATE TABLE hand AS " + counted));
      return true;
    });
  }

  private static void compare(Warehouse warehouse) {
    String ours = COMPARED.stream().map(Sql::quoted).collect(Collectors.joining(", "));
    String hand = "account, level, start, mails_to, mails_from, meetings_from, meetings_to, our_meetings, our_mails, "
        + "their_meetings, their_mails";
    String counted = Sql.quoted(Engagement.periods(NAME));
    long different = warehouse.read(session -> session.first(Sql.of("""
        SELECT count(*) FROM ((SELECT %1$s FROM %2$s EXCEPT SELECT %3$s FROM hand)
          UNION ALL (SELECT %3$s FROM hand EXCEPT SELECT %1$s FROM %2$s))""".formatted(ours, counted, hand)),
        row -> row.number(1)).orElseThrow());
    double replies = warehouse.read(session -> session.first(Sql.of("""
        SELECT max(abs(coalesce("AverageDuration_Of_AccountEmailReplies", -1) - coalesce(reply, -1))
          + abs(coalesce("AverageDuration_Of_Meetings", -1) - coalesce(meeting_minutes, -1)))
        FROM %s JOIN hand ON account = "AccountId" AND level = "AggregationLevel" AND start = "AggregationStartDate" """
        .formatted(counted)), row -> row.decimal(1)).orElseThrow());
    if (different > 0 || replies > 1e-6) {
      throw new IllegalStateException("%,d periods differ, averages by up to %s".formatted(different, replies));
    }
  }
}
