package portrait.stages.exports;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Braze as its documentation and recorded answers have it, over a socket of its own so that it can break off: keys with
/// permissions, limits of three contracts, partial success by index, users with creation rules, faults on request.
final class BrazeFake implements AutoCloseable {

  private static final int BULK_OBJECTS_MAX = 1_000;
  static final String KEY = "braze-key-3f9a";

  private final ServerSocket socket;
  private final List<JsonNode> requests = new CopyOnWriteArrayList<>();
  private final Map<String, ObjectNode> users = new TreeMap<>();
  private final Deque<Fault> faults = new ConcurrentLinkedDeque<>();
  private volatile int objectsMax = 75;
  private volatile Set<String> permissions = Set.of("users.track", "users.export.segment");
  private volatile int allowance = Integer.MAX_VALUE;

  /// What goes wrong with one call, before or after it was acted upon.
  enum Fault {
    THROTTLED, UNAVAILABLE, BAD_GATEWAY, RESET_AFTER_READING, RESET_BEFORE_READING, TRUNCATED, HTML_PAGE, ERRORS_WITHOUT_INDEX, SLOW_TEXT
  }

  BrazeFake() throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().name("braze-fake").start(this::accept);
  }

  String address() {
    return "http://127.0.0.1:" + socket.getLocalPort();
  }

  void fail(Fault... next) {
    faults.addAll(List.of(next));
  }

  void takeAtMost(int objects) {
    objectsMax = objects;
  }

  void permit(String... names) {
    permissions = Set.of(names);
  }

  /// How many calls it takes before it asks to wait.
  void allow(int calls) {
    allowance = calls;
  }

  /// Bodies of calls that were acted upon, in order.
  List<JsonNode> requests() {
    return requests;
  }

  synchronized Optional<ObjectNode> user(String id) {
    return Optional.ofNullable(users.get(id)).map(ObjectNode::deepCopy);
  }

  synchronized int size() {
    return users.size();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        var connection = socket.accept();
        Thread.ofVirtual().start(() -> serve(connection));
      } catch (IOException _) {
        return;
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      var in = connection.getInputStream();
      while (true) {
        var head = head(in);
        if (head.isEmpty()) {
          return;
        }
        var fault = Optional.ofNullable(faults.poll());
        if (fault.filter(Fault.RESET_BEFORE_READING::equals).isPresent()) {
          connection.setSoLinger(true, 0);
          return;
        }
        byte[] body = in.readNBytes(Integer.parseInt(head.getOrDefault("content-length", "0")));
        var answer = answer(head, new String(body, StandardCharsets.UTF_8), fault);
        if (fault.filter(Fault.RESET_AFTER_READING::equals).isPresent()) {
          connection.setSoLinger(true, 0);
          return;
        }
        byte[] text = answer.body().getBytes(StandardCharsets.UTF_8);
        // HTTP/2 sends names in lower case, so they come that way.
        String headers = "HTTP/1.1 %d X\r\ncontent-type: %s\r\ncontent-length: %d\r\nx-ratelimit-limit: 3000\r\nx-ratelimit-remaining: %d\r\nx-ratelimit-reset: %d\r\n\r\n"
            .formatted(answer.status(), answer.body().startsWith("<") ? "text/html" : "application/json", text.length,
                Math.max(0, allowance), answer.resetAt());
        connection.getOutputStream().write(headers.getBytes(StandardCharsets.US_ASCII));
        boolean isTruncated = fault.filter(Fault.TRUNCATED::equals).isPresent();
        connection.getOutputStream().write(text, 0, isTruncated ? text.length / 2 : text.length);
        connection.getOutputStream().flush();
        if (isTruncated) {
          return;
        }
      }
    } catch (IOException _) {
      // The caller went away.
    }
  }

  private static Map<String, String> head(InputStream in) throws IOException {
    var head = new HashMap<String, String>();
    var line = new StringBuilder();
    boolean isFirst = true;
    for (int read = in.read(); read >= 0; read = in.read()) {
      if (read != '\n') {
        line.append((char) read);
        continue;
      }
      String text = line.toString().strip();
      line.setLength(0);
      if (text.isEmpty()) {
        return head;
      }
      if (isFirst) {
        head.put(":path", text.split(" ")[1]);
        isFirst = false;
      } else {
        head.put(text.substring(0, text.indexOf(':')).toLowerCase(Locale.ROOT),
            text.substring(text.indexOf(':') + 1).strip());
      }
    }
    return Map.of();
  }

  private record Answer(int status, String body, long resetAt) {

    Answer(int status, String body) {
      this(status, body, 1);
    }
  }

  private synchronized Answer answer(Map<String, String> head, String body, Optional<Fault> fault) {
    if (!head.getOrDefault("authorization", "").equals("Bearer " + KEY)) {
      return new Answer(401, "{\"message\":\"Error authenticating credentials\"}");
    }
    boolean isBulk = head.getOrDefault(":path", "").equals("/users/track/bulk");
    if (!isBulk && !head.getOrDefault(":path", "").equals("/users/track")) {
      return new Answer(404, "{\"message\":\"Not Found\"}");
    }
    if (!permissions.contains(isBulk ? "users.track.bulk" : "users.track")) {
      return new Answer(403, "{\"message\":\"Access denied\"}");
    }
    if (fault.filter(Fault.THROTTLED::equals).isPresent()) {
      return new Answer(429, "{\"message\":\"rate limited\"}");
    }
    if (allowance <= 0) {
      allowance = Integer.MAX_VALUE;
      return new Answer(429, "{\"message\":\"rate limited\"}");
    }
    allowance--;
    if (fault.filter(Fault.UNAVAILABLE::equals).isPresent()) {
      return new Answer(503, "");
    }
    if (fault.filter(Fault.BAD_GATEWAY::equals).isPresent()) {
      return new Answer(502, "<html><h1>502 Bad Gateway</h1></html>");
    }
    JsonNode request;
    try {
      request = JsonMapper.shared().readTree(body);
    } catch (JacksonException _) {
      return new Answer(400, "{\"message\":\"Bad JSON\"}");
    }
    if (request.path("attributes").size() > (isBulk ? BULK_OBJECTS_MAX : objectsMax)) {
      return new Answer(400, "{\"message\":\"Max Input Length Exceeded\"}");
    }
    var answer = track(request, fault.filter(Fault.ERRORS_WITHOUT_INDEX::equals).isPresent());
    return fault.filter(Fault.HTML_PAGE::equals).isPresent() ? new Answer(201, "<html>created</html>") : answer;
  }

  private Answer track(JsonNode request, boolean isVague) {
    var answer = JsonMapper.shared().createObjectNode().put("message", "success");
    var errors = new ArrayList<ObjectNode>();
    int processed = 0;
    for (int i = 0; i < request.path("attributes").size(); i++) {
      var objection = objection(request.path("attributes").get(i));
      if (objection.isPresent()) {
        var error = JsonMapper.shared().createObjectNode().put("type", objection.get()).put("input_array",
            "attributes");
        errors.add(isVague ? error : error.put("index", i));
      } else {
        store((ObjectNode) request.path("attributes").get(i));
        processed++;
      }
    }
    if (processed == 0) {
      answer.put("message", "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields.");
    } else {
      requests.add(request);
      answer.put("attributes_processed", processed);
    }
    if (!errors.isEmpty()) {
      errors.forEach(answer.putArray("errors")::add);
    }
    return new Answer(processed == 0 ? 400 : 201, answer.toString());
  }

  private static Optional<String> objection(JsonNode user) {
    if (!user.has("external_id") && !user.has("email") && !user.has("user_alias") && !user.has("braze_id")) {
      return Optional.of("'external_id', 'braze_id', 'user_alias', 'email' or 'phone' is required");
    }
    if (user.path("external_id").asString("").length() > 987) {
      return Optional.of("'external_id' must be fewer than 988 bytes");
    }
    return user.path("external_id").asString("").startsWith("dummy")
        ? Optional.of("provided external_id is blacklisted and disallowed")
        : Optional.empty();
  }

  private void store(ObjectNode sent) {
    String id = sent.has("external_id") ? sent.path("external_id").asString() : byEmail(sent.path("email").asString());
    if (!users.containsKey(id) && sent.path("_update_existing_only").asBoolean(false)) {
      return;
    }
    var user = users.computeIfAbsent(id, _ -> JsonMapper.shared().createObjectNode());
    sent.forEachEntry((name, value) -> {
      if (name.equals("_update_existing_only")) {
        return;
      }
      if (value.isNull()) {
        user.remove(name);
      } else {
        user.set(name, name.equals("country") && value.asString().length() != 2 ? null : value);
      }
    });
  }

  /// The user with this address who has an external id, else the one who has the address only.
  private String byEmail(String address) {
    @Nullable
    String found = null;
    for (var user : users.entrySet()) {
      if (user.getValue().path("email").asString("").equalsIgnoreCase(address) && user.getValue().has("external_id")) {
        found = user.getKey();
      }
    }
    return found == null ? "email:" + address : found;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
