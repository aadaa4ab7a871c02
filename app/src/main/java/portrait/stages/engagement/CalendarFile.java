package portrait.stages.engagement;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TimeZone;
import java.util.regex.Pattern;
import org.dmfs.rfc5545.recur.InvalidRecurrenceRuleException;
import org.dmfs.rfc5545.recur.RecurrenceRule;
import org.jspecify.annotations.Nullable;

/// The events of a calendar file (RFC 5545). Cancelled events, those of whole days and those without others are no
/// meetings; each one of a series is one.
final class CalendarFile {

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss");
  private static final Pattern ZONE = Pattern.compile("TZID=\"?([^\";:]+)\"?");
  private static final String MAIL_TO = "mailto:";

  private final Instant from;
  private final Instant until;
  private final Meetings meetings;
  private long unread;
  private String id = "";
  private Optional<Instant> replaced = Optional.empty();
  private long sequence;
  private @Nullable Instant start;
  private ZoneId zone = ZoneOffset.UTC;
  private @Nullable RecurrenceRule rule;
  private final List<Instant> further = new ArrayList<>();
  private final List<Instant> leftOut = new ArrayList<>();
  private @Nullable Instant end;
  private String organiser = "";
  private final List<String> attendees = new ArrayList<>();
  private boolean isWholeDay;
  private boolean isCancelled;
  private boolean isWrong;
  /** Alarms within events have lines of the same names. */
  private int depth;
  private boolean isInEvent;

  private CalendarFile(Instant from, Instant until, Meetings meetings) {
    this.from = from;
    this.until = until;
    this.meetings = meetings;
  }

  /// @param from of a series only what begins from then on is looked for
  /// @param until and before
  /// @return how many events cannot be understood
  static long read(InputStream bytes, Instant from, Instant until, Meetings meetings) throws IOException {
    var calendar = new CalendarFile(from, until, meetings);
    var lines = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8));
    var whole = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(" ") || line.startsWith("\t")) {
        whole.append(line, 1, line.length());
      } else {
        calendar.line(whole.toString());
        whole.setLength(0);
        whole.append(line);
      }
    }
    calendar.line(whole.toString());
    return calendar.unread;
  }

  private void line(String line) {
    int colon = colon(line);
    if (colon < 0) {
      return;
    }
    String parameters = line.substring(0, colon);
    String value = line.substring(colon + 1).strip();
    String name = parameters.split(";", 2)[0].toUpperCase(Locale.ROOT);
    switch (name) {
      case "BEGIN" -> begin(value);
      case "END" -> end(value);
      default -> {
        if (isInEvent && depth == 0) {
          property(name, parameters, value);
        }
      }
    }
  }

  /// Parameters in quotes may hold colons.
  private static int colon(String line) {
    boolean isQuoted = false;
    for (int place = 0; place < line.length(); place++) {
      char here = line.charAt(place);
      isQuoted ^= here == '"';
      if (here == ':' && !isQuoted) {
        return place;
      }
    }
    return -1;
  }

  private void begin(String what) {
    if (what.equalsIgnoreCase("VEVENT")) {
      isInEvent = true;
      depth = 0;
      id = "";
      replaced = Optional.empty();
      zone = ZoneOffset.UTC;
      rule = null;
      further.clear();
      leftOut.clear();
      sequence = 0;
      start = null;
      end = null;
      organiser = "";
      attendees.clear();
      isWholeDay = false;
      isCancelled = false;
      isWrong = false;
    } else if (isInEvent) {
      depth++;
    }
  }

  private void end(String what) {
    if (what.equalsIgnoreCase("VEVENT") && isInEvent) {
      isInEvent = false;
      finish();
    } else if (isInEvent) {
      depth--;
    }
  }

  private void finish() {
    boolean isMeeting = !isCancelled && !isWholeDay && !attendees.isEmpty();
    if (isWrong || isMeeting && (start == null || id.isEmpty() || organiser.isEmpty())) {
      unread++;
    } else {
      var first = start == null ? Instant.MIN : start;
      for (var begins : moments(first)) {
        meetings.add(id, replaced, sequence, begins,
            isMeeting ? Optional.of(meeting(first, begins)) : Optional.empty());
      }
      leftOut.forEach(moment -> meetings.add(id, replaced, sequence, moment, Optional.empty()));
    }
  }

  /// When it takes place: a rule says the days as the clock of its time zone has them.
  private List<Instant> moments(Instant first) {
    var moments = new ArrayList<>(further);
    moments.add(first);
    if (rule != null && first.isBefore(until)) {
      var repeated = rule.iterator(first.toEpochMilli(), TimeZone.getTimeZone(zone));
      repeated.fastForward(from.toEpochMilli());
      while (repeated.hasNext()) {
        var next = Instant.ofEpochMilli(repeated.nextMillis());
        if (!next.isBefore(until)) {
          break;
        }
        moments.add(next);
      }
    }
    return moments;
  }

  /// @param first when the series began
  private Encounter meeting(Instant first, Instant begins) {
    long minutes = end == null ? 0 : Math.max(0, Duration.between(first, end).toMinutes());
    return new Encounter(Encounter.Kind.MEETING, id + " " + begins, id, begins, minutes, organiser, attendees);
  }

  private void property(String name, String parameters, String value) {
    try {
      switch (name) {
        case "UID" -> id = value;
        case "SEQUENCE" -> sequence = Long.parseLong(value);
        case "RECURRENCE-ID" ->
          replaced = value.length() == 8 ? Optional.empty() : Optional.of(time(parameters, value));
        case "RRULE" -> rule = new RecurrenceRule(value);
        case "RDATE" -> further.addAll(times(parameters, value));
        case "EXDATE" -> leftOut.addAll(times(parameters, value));
        case "STATUS" -> isCancelled = value.equalsIgnoreCase("CANCELLED");
        case "DTSTART" -> {
          isWholeDay = value.length() == 8;
          start = isWholeDay ? null : time(parameters, value);
          zone = zone(parameters, value);
        }
        case "DTEND" -> end = value.length() == 8 ? null : time(parameters, value);
        case "DURATION" -> end = start == null ? null : start.plus(Duration.parse(value));
        case "ORGANIZER" -> organiser = address(value);
        case "ATTENDEE" -> attendees.add(address(value));
        default -> {
          // Subjects, places and descriptions are none of our business.
        }
      }
    } catch (DateTimeException | NumberFormatException | InvalidRecurrenceRuleException _) {
      isWrong = true;
    }
  }

  private static String address(String value) {
    return value.toLowerCase(Locale.ROOT).startsWith(MAIL_TO) ? value.substring(MAIL_TO.length()) : value;
  }

  /// Of a list; whole days and periods are none.
  private static List<Instant> times(String parameters, String value) {
    return Arrays.stream(value.split(",")).map(String::strip).filter(each -> each.matches("\\d{8}T\\d{6}Z?"))
        .map(each -> time(parameters, each)).toList();
  }

  private static Instant time(String parameters, String value) {
    String local = value.endsWith("Z") ? value.substring(0, value.length() - 1) : value;
    return LocalDateTime.parse(local, TIME).atZone(zone(parameters, value)).toInstant();
  }

  private static ZoneId zone(String parameters, String value) {
    var named = ZONE.matcher(parameters);
    return !value.endsWith("Z") && named.find() ? ZoneId.of(named.group(1)) : ZoneOffset.UTC;
  }
}
