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
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The events of a calendar file (RFC 5545). Cancelled events, those of whole days and those without others are no
/// meetings; of a series the first one counts, and those that were changed alone.
final class CalendarFile {

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss");
  private static final Pattern ZONE = Pattern.compile("TZID=\"?([^\";:]+)\"?");
  private static final String MAIL_TO = "mailto:";

  private final Meetings meetings;
  private long unread;
  private String id = "";
  private String changedAlone = "";
  private long sequence;
  private @Nullable Instant start;
  private @Nullable Instant end;
  private String organiser = "";
  private final List<String> attendees = new ArrayList<>();
  private boolean isWholeDay;
  private boolean isCancelled;
  private boolean isWrong;
  /** Alarms within events have lines of the same names. */
  private int depth;
  private boolean isInEvent;

  private CalendarFile(Meetings meetings) {
    this.meetings = meetings;
  }

  /// @return how many events cannot be understood
  static long read(InputStream bytes, Meetings meetings) throws IOException {
    var calendar = new CalendarFile(meetings);
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
      changedAlone = "";
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
      var begins = start == null ? Instant.MIN : start;
      meetings.add(id + " " + changedAlone, sequence, begins,
          isMeeting ? Optional.of(meeting(begins)) : Optional.empty());
    }
  }

  private Encounter meeting(Instant begins) {
    long minutes = end == null ? 0 : Math.max(0, Duration.between(begins, end).toMinutes());
    return new Encounter(Encounter.Kind.MEETING, id + " " + begins, id, begins, minutes, organiser, attendees);
  }

  private void property(String name, String parameters, String value) {
    try {
      switch (name) {
        case "UID" -> id = value;
        case "SEQUENCE" -> sequence = Long.parseLong(value);
        case "RECURRENCE-ID" -> changedAlone = value;
        case "STATUS" -> isCancelled = value.equalsIgnoreCase("CANCELLED");
        case "DTSTART" -> {
          isWholeDay = value.length() == 8;
          start = isWholeDay ? null : time(parameters, value);
        }
        case "DTEND" -> end = value.length() == 8 ? null : time(parameters, value);
        case "DURATION" -> end = start == null ? null : start.plus(Duration.parse(value));
        case "ORGANIZER" -> organiser = address(value);
        case "ATTENDEE" -> attendees.add(address(value));
        default -> {
          // Subjects, places and descriptions are none of our business.
        }
      }
    } catch (DateTimeException | NumberFormatException _) {
      isWrong = true;
    }
  }

  private static String address(String value) {
    return value.toLowerCase(Locale.ROOT).startsWith(MAIL_TO) ? value.substring(MAIL_TO.length()) : value;
  }

  private static Instant time(String parameters, String value) {
    if (value.endsWith("Z")) {
      return LocalDateTime.parse(value.substring(0, value.length() - 1), TIME).toInstant(ZoneOffset.UTC);
    }
    var zone = ZONE.matcher(parameters);
    return LocalDateTime.parse(value, TIME).atZone(zone.find() ? ZoneId.of(zone.group(1)) : ZoneOffset.UTC)
        .toInstant();
  }
}
