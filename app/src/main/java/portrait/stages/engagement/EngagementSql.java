package portrait.stages.engagement;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The steps from metadata to rows about accounts.
final class EngagementSql {

  private EngagementSql() {}

  /// Copies of a message in several mailboxes are one. What counts is between the organisation and an account: one of
  /// them wrote or invited, the other was written to or invited.
  static final String COUNTED = """
      CREATE TEMP TABLE _sighted AS
      SELECT is_meeting, item, person, min(thread) AS thread, min(moment) AS moment, max(minutes) AS minutes,
        bool_or(is_from) AS is_from
      FROM {} GROUP BY is_meeting, item, person;
      CREATE TEMP TABLE _ours AS SELECT sighted.* FROM _sighted AS sighted JOIN _own USING (person);
      CREATE TEMP TABLE _theirs AS SELECT sighted.*, account FROM _sighted AS sighted JOIN _contact USING (person);
      CREATE TEMP TABLE _counted AS
      WITH ours AS (SELECT is_meeting, item, bool_or(is_from) AS is_ours FROM _ours GROUP BY is_meeting, item),
      counted AS (
        SELECT is_meeting, item, account, min(thread) AS thread, min(moment) AS moment, max(minutes) AS minutes,
          bool_or(is_from) AS is_from_account
        FROM _theirs JOIN ours USING (is_meeting, item)
        GROUP BY is_meeting, item, account HAVING bool_or(is_from) OR bool_or(is_ours))
      SELECT *, CASE WHEN NOT is_meeting AND is_from_account AND NOT lag(is_from_account) OVER conversation
        THEN date_diff('second', lag(moment) OVER conversation, moment) / 3600.0 END AS reply_hours
      FROM counted WINDOW conversation AS (PARTITION BY is_meeting, account, thread ORDER BY moment, item);
      CREATE TEMP TABLE _they_took_part AS SELECT account, counted.moment, is_meeting, theirs.person
      FROM _counted AS counted JOIN _theirs AS theirs USING (is_meeting, item, account);
      CREATE TEMP TABLE _we_took_part AS SELECT account, counted.moment, is_meeting, ours.person
      FROM _counted AS counted JOIN _ours AS ours USING (is_meeting, item)""";

  /// A part of the score is the share of the other accounts that have less, those with the same counting half; who has
  /// nothing gets nothing, and who is alone gets all.
  static final String PERIODS = """
      CREATE OR REPLACE TABLE {} AS
      WITH clock AS (SELECT {} AS now, {} AS began),
      sums AS (%s),
      measured AS (
        SELECT *, mails_to + mails_from AS mails, meetings_to + meetings_from AS meetings,
          our_meetings + our_mails + their_meetings + their_mails AS persons, epoch_us(last_at) AS latest
        FROM sums),
      ranked AS (
        SELECT *, count(*) OVER alike - 1 AS others,
          rank() OVER (alike ORDER BY mails) - 1 + (count(*) OVER (alike_mails) - 1) / 2.0 AS below_mails,
          rank() OVER (alike ORDER BY meetings) - 1 + (count(*) OVER (alike_meetings) - 1) / 2.0 AS below_meetings,
          rank() OVER (alike ORDER BY persons) - 1 + (count(*) OVER (alike_persons) - 1) / 2.0 AS below_persons,
          rank() OVER (alike ORDER BY latest) - 1 + (count(*) OVER (alike_latest) - 1) / 2.0 AS below_latest
        FROM measured
        WINDOW alike AS (PARTITION BY level, start), alike_mails AS (PARTITION BY level, start, mails),
          alike_meetings AS (PARTITION BY level, start, meetings),
          alike_persons AS (PARTITION BY level, start, persons), alike_latest AS (PARTITION BY level, start, latest))
      SELECT account || '|' || row_number() OVER (PARTITION BY account ORDER BY level DESC, start) AS "PrimaryKey",
        account AS "AccountId",
        CAST(round(25 * (
          CASE WHEN mails = 0 THEN 0 ELSE coalesce(below_mails / nullif(others, 0), 1) END
          + CASE WHEN meetings = 0 THEN 0 ELSE coalesce(below_meetings / nullif(others, 0), 1) END
          + coalesce(below_persons / nullif(others, 0), 1)
          + coalesce(below_latest / nullif(others, 0), 1))) AS BIGINT) AS "EngagementScore",
        CAST(mails_to AS BIGINT) AS "NoOfEmails_ToAccount", CAST(mails_from AS BIGINT) AS "NoOfEmails_FromAccount",
        CAST(meetings_from AS BIGINT) AS "NoOfMeetings_FromAccount",
        CAST(meetings_to AS BIGINT) AS "NoOfMeetings_ToAccount",
        CAST(our_meetings AS BIGINT) AS "NoOfContactsInvolved_Meetings",
        CAST(our_mails AS BIGINT) AS "NoOfContactsInvolved_Emails",
        CAST(their_meetings AS BIGINT) AS "NoOfAccountContactsInvolved_Meetings",
        CAST(their_mails AS BIGINT) AS "NoOfAccountContactsInvolved_Emails",
        CAST(first_at AS DATE) AS "EngagementStartDate",
        date_diff('day', CAST(last_mail AS DATE), CAST(now AS DATE)) AS "DaysSinceLastEmail",
        date_diff('day', CAST(last_meeting AS DATE), CAST(now AS DATE)) AS "DaysSinceLastMeeting",
        meeting_minutes AS "AverageDuration_Of_Meetings",
        CAST(reply_hours AS DOUBLE) AS "AverageDuration_Of_AccountEmailReplies",
        start AS "AggregationStartDate", level AS "AggregationLevel"
      FROM ranked, clock ORDER BY account, level DESC, start""".formatted(Stream.of(
      level("year", "(SELECT began FROM clock)"), level("month", "date_trunc('month', moment)::DATE"),
      level("week", "date_trunc('week', moment)::DATE")).collect(Collectors.joining(" UNION ALL ")));

  /// What happened between the organisation and each account, by periods of one length, and how many took part in it.
  /// Each length is aggregated by itself: every row three times over would take a fifth more memory.
  private static String level(String name, String start) {
    return """
        SELECT account, '%1$s' AS level, start, sums.* EXCLUDE (account, start), our_meetings, our_mails, their_meetings,
          their_mails
        FROM (
          SELECT account, %2$s AS start,
            count(*) FILTER (NOT is_meeting AND NOT is_from_account) AS mails_to,
            count(*) FILTER (NOT is_meeting AND is_from_account) AS mails_from,
            count(*) FILTER (is_meeting AND is_from_account) AS meetings_from,
            count(*) FILTER (is_meeting AND NOT is_from_account) AS meetings_to,
            min(moment) AS first_at, max(moment) AS last_at,
            max(moment) FILTER (NOT is_meeting) AS last_mail, max(moment) FILTER (is_meeting) AS last_meeting,
            avg(minutes) FILTER (is_meeting) AS meeting_minutes, avg(reply_hours) AS reply_hours
          FROM _counted GROUP BY account, start) AS sums
        JOIN (
          SELECT account, %2$s AS start, count(DISTINCT person) FILTER (is_meeting) AS their_meetings,
            count(DISTINCT person) FILTER (NOT is_meeting) AS their_mails
          FROM _they_took_part GROUP BY account, start) AS theirs USING (account, start)
        JOIN (
          SELECT account, %2$s AS start, count(DISTINCT person) FILTER (is_meeting) AS our_meetings,
            count(DISTINCT person) FILTER (NOT is_meeting) AS our_mails
          FROM _we_took_part GROUP BY account, start) AS ours USING (account, start)""".formatted(name, start);
  }

  static final String SEEN = """
      SELECT (SELECT count(DISTINCT person) FROM _ours), (SELECT count(DISTINCT item) FROM _sighted WHERE NOT is_meeting),
        (SELECT count(DISTINCT item) FROM _sighted WHERE is_meeting), (SELECT min(moment) FROM {})""";
}
