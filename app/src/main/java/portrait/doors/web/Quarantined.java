package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.database.Database;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.live.Live;
import portrait.stages.events.EventType;
import portrait.stages.events.Events;
import portrait.stages.events.QuarantinedEvent;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Messages that were refused: seen, corrected and sent again, thrown away.
final class Quarantined implements Door {

  private static final int SHOWN = 50;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Renderer renderer;
  private final Live live;
  private final Events events;
  private final Database database;
  private final Security security;

  Quarantined(Renderer renderer, Live live, Events events, Database database, Security security) {
    this.renderer = renderer;
    this.live = live;
    this.events = events;
    this.database = database;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    var contribute = needs(Permission.CONTRIBUTE);
    routes.get("/quarantine", contribute, this::all);
    routes.get("/quarantine/{number}", contribute, request -> {
      var kept = found(request);
      return renderer.page(request, "quarantined", title(request, kept), "quarantine", page(kept, laidOut(kept)));
    });
    routes.post("/quarantine/{number}/replay", contribute, this::replay);
    routes.post("/quarantine/{number}/discard", contribute, this::discard);
  }

  private Answer all(Request request) {
    long before = request.query("before").map(Quarantined::number).orElse(Long.MAX_VALUE);
    var found = database.read(transaction -> events.quarantined(transaction, before, SHOWN + 1));
    var shown = found.subList(0, Math.min(SHOWN, found.size()));
    Optional<String> older = found.size() > SHOWN ? Optional.of(String.valueOf(shown.getLast().number()))
        : Optional.empty();
    var page = new QuarantinePage(shown.stream().map(kept -> new QuarantinePage.Entry(kept.number(), kept.reason(),
        type(kept), kept.receivedAt(), kept.times())).toList(), database.read(events::quarantinedCount), older,
        request.query("before").isEmpty());
    return renderer.page(request, "quarantine", renderer.text(request).of("nav.quarantine"), "quarantine", page);
  }

  /// What was typed stays in the form until it is taken in.
  private Answer replay(Request request) {
    var kept = found(request);
    String typed = request.form("message").map(text -> text.replace("\r\n", "\n")).orElse("");
    // Whoever changes nothing means the bytes as they came.
    boolean isCorrected = !typed.isBlank() && !typed.equals(laidOut(kept));
    try {
      var receipt = live.replay(kept.number(),
          isCorrected ? Optional.of(typed.getBytes(StandardCharsets.UTF_8)) : Optional.empty());
      security.audit("message replayed", String.valueOf(kept.number()), isCorrected ? "corrected" : "as it was");
      return Renderer.done("/quarantine",
          renderer.text(request).of(receipt.repeated() > 0 ? "quarantined.repeated" : "quarantined.taken"));
    } catch (ProblemException refused) {
      return renderer.page(request, "quarantined", title(request, kept), "quarantine",
          page(kept, typed.isBlank() ? laidOut(kept) : typed), refused.problem());
    }
  }

  private Answer discard(Request request) {
    long number = number(request.pathPart("number"));
    live.discard(number);
    security.audit("message deleted", String.valueOf(number), "");
    return Renderer.done("/quarantine", renderer.text(request).of("quarantined.discarded"));
  }

  private String title(Request request, QuarantinedEvent kept) {
    return renderer.text(request).of("quarantined.title", String.valueOf(kept.number()));
  }

  private static QuarantinedPage page(QuarantinedEvent kept, String draft) {
    byte[] bytes = kept.original().bytes();
    boolean isText = isText(bytes);
    String batch = kept.original().envelope().equals("{}") ? "" : kept.original().envelope();
    return new QuarantinedPage(kept.number(), kept.reason(), type(kept), kept.source(), kept.receivedAt(),
        kept.times(), draft,
        isText ? new String(bytes, StandardCharsets.UTF_8) : Base64.getEncoder().encodeToString(bytes), isText, batch);
  }

  /// As somebody can read and correct it.
  private static String laidOut(QuarantinedEvent kept) {
    byte[] bytes = kept.original().bytes();
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(JSON.readTree(bytes)).replace("\r\n", "\n");
    } catch (JacksonException _) {
      return isText(bytes) ? new String(bytes, StandardCharsets.UTF_8) : "";
    }
  }

  private static boolean isText(byte[] bytes) {
    return Arrays.equals(new String(bytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8), bytes);
  }

  /// What the call said, else what the message says.
  private static String type(QuarantinedEvent kept) {
    return kept.original().type().map(EventType::text).orElseGet(() -> {
      try {
        return JSON.readTree(kept.original().bytes()).path("type").asString("");
      } catch (JacksonException _) {
        return "";
      }
    });
  }

  private QuarantinedEvent found(Request request) {
    long number = number(request.pathPart("number"));
    return database.read(transaction -> events.findQuarantined(transaction, number)).orElseThrow(
        () -> Problem.of(Problem.Code.NOT_FOUND, "there is no message %d in the quarantine".formatted(number),
            "It may have been sent again or deleted by somebody else.").asException());
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException _) {
      throw Problem.of(Problem.Code.NOT_FOUND, "'%s' is no number of a message in the quarantine".formatted(text))
          .asException();
    }
  }
}
