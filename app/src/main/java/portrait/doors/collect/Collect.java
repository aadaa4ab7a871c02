package portrait.doors.collect;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import portrait.doors.http.Access;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Caller;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.live.Live;
import portrait.processes.live.Receipt;
import portrait.stages.events.Collected;
import portrait.stages.events.Event;
import portrait.stages.events.EventType;
import portrait.stages.events.MessageBody;
import portrait.stages.events.MessageLimits;
import tools.jackson.databind.json.JsonMapper;

/// Takes what the public collection libraries send, unchanged: they work by pointing them to this host.
///
/// A wrong message is answered 200 and goes to the quarantine, because one public library ends its host process on a
/// 400. Only a body that cannot be read is 400. The content type is ignored: browsers send `text/plain` to save a
/// preflight request, and one library labels its JSON as a form.
public final class Collect implements Door {

  static final Access BY_WRITE_KEY = Access.PUBLIC.withAnyOrigin();
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Live live;
  private final Security security;
  private final MessageLimits limits;
  private final Clock clock;

  public Collect(Live live, Security security, MessageLimits limits, Clock clock) {
    this.live = live;
    this.security = security;
    this.limits = limits;
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
      // Two conventions for the same picture.
      for (String path : List.of("/v1/pixel/" + type.text(), "/pixel/v1/" + type.text())) {
        routes.get(path, BY_WRITE_KEY, request -> pixel(request, type));
      }
    }
    for (String path : List.of("/v1/batch", "/v1/import", "/v1/b", "/beacon/v1/batch")) {
      routes.post(path, BY_WRITE_KEY, request -> collect(request, MessageBody::batch));
    }
    new LibrarySettings(this::refuseUnlessItCollects).routes(routes);
    new Snippet().routes(routes);
  }

  private Answer collect(Request request, Function<byte[], MessageBody> read) {
    var receivedAt = clock.instant();
    var headerKey = request.basicUser();
    headerKey.ifPresent(key -> refuseUnlessItCollects(request, key));
    var body = read.apply(request.body(limits.bodyBytesMax()));
    if (headerKey.isEmpty() && !isSignedIn(request)) {
      refuseUnlessItCollects(request, body.writeKey().or(() -> request.query("writeKey"))
          .orElseThrow(() -> notSignedIn("the call carries no write key")));
    }
    var messages = body.collect(receivedAt, Event.LIVE, limits);
    request.brought(messages.size());
    return answer(live.receive(messages), messages);
  }

  /// What a picture says by being loaded. A wrong message shows the picture, too: nobody reads the answer, but the
  /// quarantine has it.
  private Answer pixel(Request request, EventType type) {
    collect(request, _ -> MessageBody.single(Pixel.message(request), type));
    return Pixel.picture();
  }

  private static boolean isSignedIn(Request request) {
    return request.knownCaller().filter(Collect::mayCollect).isPresent();
  }

  private void refuseUnlessItCollects(Request request, String key) {
    var caller = security.authenticateKey(key);
    if (caller.filter(Collect::mayCollect).isEmpty()) {
      throw notSignedIn("the write key is not known, was revoked, has ended or may not collect");
    }
    request.calledBy(caller.get());
  }

  private static boolean mayCollect(Caller caller) {
    return caller.role().allows(Permission.COLLECT) && caller.reaches("collect", Permission.COLLECT);
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
    var reasons = reasons(receipt, messages);
    if (!reasons.isEmpty()) {
      var list = answer.putArray("rejections");
      reasons.forEach((index, reason) -> list.addObject().put("index", index).put("reason", reason.message()));
    }
    return Answer.json(answer);
  }

  /// Why messages were refused, by their place in the batch.
  private static Map<Integer, Problem> reasons(Receipt receipt, List<Collected> messages) {
    var reasons = new TreeMap<>(receipt.objections());
    for (int i = 0; i < messages.size(); i++) {
      if (messages.get(i) instanceof Collected.Refused refused) {
        reasons.put(i, refused.reason());
      }
    }
    return reasons;
  }
}
