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
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.live.Live;
import portrait.stages.events.EventType;
import portrait.stages.events.QuarantinedEvent;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Messages that were refused: seen, corrected and sent again, thrown away.
final class Quarantined implements Door {

  private static final int SHOWN = 50;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Renderer renderer;
  private final Live live;
  private final Security security;

  Quarantined(Renderer renderer, Live live, Security security) {
    this.renderer = renderer;
    this.live = live;
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
    var found = live.quarantine(request.query("before"), SHOWN);
    var page = new QuarantinePage(found.messages().stream().map(kept -> new QuarantinePage.Entry(kept.number(),
        kept.reason(), type(kept), kept.receivedAt(), kept.times())).toList(), found.stock(), found.next(),
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
      var receipt = live.replay(String.valueOf(kept.number()),
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
    String number = request.pathPart("number");
    live.discard(number);
    security.audit("message deleted", number, "");
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
    return live.quarantined(request.pathPart("number"));
  }
}
