package portrait.doors.collect;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import portrait.doors.http.Access;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.live.Live;
import portrait.processes.live.Receipt;
import portrait.stages.events.Collected;
import portrait.stages.events.Event;
import portrait.stages.events.EventType;
import portrait.stages.events.MessageBody;
import tools.jackson.databind.json.JsonMapper;

/// Takes what the public collection libraries send, unchanged: they work by pointing them to this host.
///
/// A wrong message is answered 200 and goes to the quarantine, because one public library ends its host process on a
/// 400. Only a body that cannot be read is 400. The content type is ignored: browsers send `text/plain` to save a
/// preflight request, and one library labels its JSON as a form.
public final class Collect implements Door {

  /** Whole body, unpacked; the largest batch that the public libraries send is 500 KB. */
  static final int BODY_BYTES_MAX = 512 * 1024;
  private static final int REASONS_MAX = 10;
  private static final Access BY_WRITE_KEY = Access.PUBLIC.withAnyOrigin();
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Live live;
  private final Security security;
  private final Clock clock;

  public Collect(Live live, Security security, Clock clock) {
    this.live = live;
    this.security = security;
    this.clock = clock;
  }

  @Override
  public void routes(Routes routes) {
    for (var type : List.of(EventType.IDENTIFY, EventType.TRACK, EventType.PAGE, EventType.SCREEN, EventType.GROUP,
        EventType.ALIAS)) {
      // The browser library calls the first letter of each type.
      for (String path : List.of("/v1/" + type.text(), "/v1/" + type.text().charAt(0))) {
        routes.post(path, BY_WRITE_KEY, request -> collect(request, body -> MessageBody.single(body, type)));
      }
    }
    for (String path : List.of("/v1/batch", "/v1/import", "/v1/b", "/beacon/v1/batch")) {
      routes.post(path, BY_WRITE_KEY, request -> collect(request, MessageBody::batch));
    }
    routes.get("/v1/projects/{key}/settings", BY_WRITE_KEY, this::settings);
    new Snippet().routes(routes);
  }

  private Answer collect(Request request, Function<byte[], MessageBody> read) {
    var receivedAt = clock.instant();
    var headerKey = request.basicUser();
    headerKey.ifPresent(this::refuseUnlessItCollects);
    var body = read.apply(request.body(BODY_BYTES_MAX));
    if (headerKey.isEmpty() && !isSignedIn(request)) {
      refuseUnlessItCollects(body.writeKey().or(() -> request.query("writeKey"))
          .orElseThrow(() -> notSignedIn("the call carries no write key")));
    }
    var messages = body.collect(receivedAt, Event.LIVE);
    return answer(live.receive(messages), messages);
  }

  private static boolean isSignedIn(Request request) {
    return request.knownCaller().filter(caller -> caller.role().allows(Permission.COLLECT)).isPresent();
  }

  private void refuseUnlessItCollects(String key) {
    var caller = security.authenticateKey(key);
    if (caller.isEmpty() || !caller.get().role().allows(Permission.COLLECT)) {
      throw notSignedIn("the write key is not known, was revoked, or may not collect");
    }
  }

  private static RuntimeException notSignedIn(String what) {
    return Problem.of(Problem.Code.NOT_SIGNED_IN, what,
        "Make one with: portrait key create --role collect. Send it as the user name of Basic authorization, or as "
            + "writeKey in the body.")
        .asException();
  }

  private static Answer answer(Receipt receipt, List<Collected> messages) {
    var answer = JSON.createObjectNode();
    answer.put("success", true);
    answer.put("accepted", receipt.accepted());
    answer.put("duplicate", receipt.repeated());
    answer.put("rejected", receipt.refused());
    var reasons = reasons(messages);
    if (!reasons.isEmpty()) {
      var list = answer.putArray("rejections");
      reasons.forEach(reason -> list.addObject().put("index", reason.index()).put("reason", reason.text()));
    }
    return Answer.json(answer);
  }

  private static List<Reason> reasons(List<Collected> messages) {
    var reasons = new ArrayList<Reason>();
    for (int i = 0; i < messages.size() && reasons.size() < REASONS_MAX; i++) {
      if (messages.get(i) instanceof Collected.Refused refused) {
        reasons.add(new Reason(i, refused.reason().message()));
      }
    }
    return reasons;
  }

  /// What the browser library asks before it sends anything: where to send it.
  private Answer settings(Request request) {
    String key = request.pathPart("key");
    refuseUnlessItCollects(key);
    var settings = JSON.createObjectNode();
    var destination = settings.putObject("integrations").putObject("Segment.io");
    destination.put("apiKey", key);
    destination.put("apiHost", request.header("Host").orElse("localhost") + "/v1");
    destination.put("protocol", request.isSecure() ? "https" : "http");
    return Answer.json(settings);
  }

  /// Why the message at that place of the batch was refused.
  private record Reason(int index, String text) {}
}
