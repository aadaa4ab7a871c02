package portrait.stages.enrichments.providers;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Problem;
import portrait.stages.engagement.Encounter;
import portrait.stages.engagement.Engagement;
import portrait.stages.engagement.Ledger;
import portrait.stages.enrichments.providers.Asking.Reply.TryLater;
import tools.jackson.databind.JsonNode;

/// One mailbox and its calendar. Of messages what came since it was read last is asked for, and of meetings those of the
/// last weeks, because they are moved and called off. Page by page it is written down how far it was read.
final class GraphMailbox implements GraphStep {

  /** Messages come into a mailbox late and out of order; what is read twice counts once. */
  private static final Duration OVERLAP = Duration.ofHours(48);
  /** Meetings further back are not moved any more. */
  private static final Duration MEETINGS_AGAIN = Duration.ofDays(35);
  private static final String MESSAGE_FIELDS = "internetMessageId,conversationId,from,toRecipients,ccRecipients,sentDateTime,receivedDateTime,isDraft";
  private static final String MEETING_FIELDS = "iCalUId,start,end,organizer,attendees,isCancelled,isAllDay";
  private static final Map<String, String> IN_UTC = Map.of("Prefer", "outlook.timezone=\"UTC\"");

  private final GraphCalls calls;
  private final Ledger ledger;
  private final String id;
  private final Map<String, String> primary;
  private final Instant now;
  private final Set<String> seen = new HashSet<>();
  private final List<Encounter> meetings = new ArrayList<>();
  private Phase phase = Phase.MAIL;
  private @Nullable String next;
  private Instant reached;
  private boolean isOpen = true;
  private long unread;

  private enum Phase {
    MAIL, MEETINGS, DONE
  }

  /// @param primary the address that counts, for each other one of the same person
  GraphMailbox(GraphCalls calls, Ledger ledger, String id, Map<String, String> primary, Instant now) {
    this.calls = calls;
    this.ledger = ledger;
    this.id = id;
    this.primary = primary;
    this.now = now;
    this.reached = now.minus(Engagement.WINDOW);
  }

  static List<String> places(String id) {
    return List.of(id + "/messages", id + "/calendarView");
  }

  /// Whether it could be read.
  boolean isOpen() {
    return isOpen;
  }

  /// Messages and meetings that could not be understood.
  long unread() {
    return unread;
  }

  @Override
  public boolean isDone() {
    return phase == Phase.DONE;
  }

  @Override
  public Optional<TryLater> goOn() throws InterruptedException {
    boolean isMail = phase == Phase.MAIL;
    if (next == null) {
      begin(isMail ? "messages" : "calendarView");
    }
    String here = Objects.requireNonNull(next);
    return switch (calls.get(here, isMail ? Map.of() : IN_UTC)) {
      case GraphCalls.Page.Later(var why) -> Optional.of(why);
      case GraphCalls.Page.Closed() -> {
        isOpen = false;
        phase = Phase.DONE;
        yield Optional.empty();
      }
      case GraphCalls.Page.Read(var body) -> {
        take(isMail, body);
        follow(body.path("@odata.nextLink").asString(""));
        yield Optional.empty();
      }
    };
  }

  private void begin(String what) {
    var window = now.minus(Engagement.WINDOW);
    var before = ledger.reached(id + "/" + what).map(Instant::parse);
    boolean isMail = phase == Phase.MAIL;
    reached = before.map(upTo -> {
      var back = upTo.minus(OVERLAP);
      var again = isMail || back.isBefore(now.minus(MEETINGS_AGAIN)) ? back : now.minus(MEETINGS_AGAIN);
      return again.isBefore(window) ? window : again;
    }).orElse(window);
    seen.clear();
    String user = "/v1.0/users/" + GraphCalls.encoded(id);
    next = isMail
        ? user + "/messages?$select=" + MESSAGE_FIELDS + "&$filter=receivedDateTime%20ge%20" + reached
            + "&$orderby=receivedDateTime&$top=500"
        : user + "/calendarView?startDateTime=" + reached + "&endDateTime=" + now + "&$select=" + MEETING_FIELDS
            + "&$top=500";
  }

  private void take(boolean isMail, JsonNode body) {
    var found = new ArrayList<Encounter>();
    var latest = reached;
    for (var entry : body.path("value")) {
      try {
        (isMail ? message(entry) : meeting(entry))
            .filter(each -> !each.at().isBefore(now.minus(Engagement.WINDOW)) && each.at().isBefore(now))
            .ifPresent(found::add);
        if (isMail) {
          var received = Instant.parse(entry.path("receivedDateTime").asString(""));
          latest = received.isAfter(latest) && received.isBefore(now) ? received : latest;
        }
      } catch (DateTimeException _) {
        unread++;
      }
    }
    if (isMail) {
      ledger.add(id + "/messages", found, latest.toString());
    } else {
      meetings.addAll(found);
    }
  }

  private void follow(String link) {
    if (!link.isEmpty() && !seen.add(link)) {
      throw Problem.of(Problem.Code.SERVER_UNREACHABLE, "pages of Microsoft Graph lead in a circle",
          "What was read until then is kept. Run it again later.").asException();
    }
    if (!link.isEmpty()) {
      next = link;
      return;
    }
    next = null;
    switch (phase) {
      case MAIL -> phase = Phase.MEETINGS;
      case MEETINGS -> {
        ledger.replace(id + "/calendarView", reached, meetings, now.toString());
        phase = Phase.DONE;
      }
      case DONE -> throw new IllegalStateException("it was read to its end");
    }
  }

  /// @return empty for a draft, and for a chat of Teams, which has no id among mails
  private Optional<Encounter> message(JsonNode message) {
    String messageId = message.path("internetMessageId").asString("");
    String from = address(message.path("from"));
    if (message.path("isDraft").asBoolean(false) || messageId.isEmpty() || from.isEmpty()) {
      return Optional.empty();
    }
    var to = Stream.of("toRecipients", "ccRecipients").flatMap(field -> message.path(field).valueStream())
        .map(this::address).filter(each -> !each.isEmpty()).toList();
    String sent = message.path("sentDateTime").asString(message.path("receivedDateTime").asString(""));
    return Optional.of(new Encounter(Encounter.Kind.MAIL, messageId,
        message.path("conversationId").asString(messageId), Instant.parse(sent), 0, from, to));
  }

  /// @return empty for what is called off, takes whole days, or has nobody else in it
  private Optional<Encounter> meeting(JsonNode meeting) {
    String event = meeting.path("iCalUId").asString("");
    String organiser = address(meeting.path("organizer"));
    // Rooms are no people.
    var attendees = meeting.path("attendees").valueStream()
        .filter(attendee -> !attendee.path("type").asString("").equals("resource")).map(this::address)
        .filter(each -> !each.isEmpty()).toList();
    if (meeting.path("isCancelled").asBoolean(false) || meeting.path("isAllDay").asBoolean(false) || event.isEmpty()
        || organiser.isEmpty() || attendees.isEmpty()) {
      return Optional.empty();
    }
    var start = moment(meeting.path("start"));
    long minutes = Math.max(0, Duration.between(start, moment(meeting.path("end"))).toMinutes());
    return Optional.of(new Encounter(Encounter.Kind.MEETING, event + " " + start, event, start, minutes, organiser,
        attendees));
  }

  private static Instant moment(JsonNode written) {
    return LocalDateTime.parse(written.path("dateTime").asString(""))
        .atZone(ZoneId.of(written.path("timeZone").asString("UTC"))).toInstant();
  }

  private String address(JsonNode person) {
    String address = person.path("emailAddress").path("address").asString("").toLowerCase(Locale.ROOT);
    return primary.getOrDefault(address, address);
  }
}
