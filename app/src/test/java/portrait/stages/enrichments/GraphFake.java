package portrait.stages.enrichments;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Microsoft's sign-in and Graph as their documentation has them: tokens with roles, users, groups within groups,
/// messages and calendars in pages, and what goes wrong with them. What is asked for beyond `$select` is not given, and
/// asking for what somebody wrote is refused.
final class GraphFake extends PartnerFake {

  static final List<String> ROLES = List.of("User.Read.All", "GroupMember.Read.All", "Mail.ReadBasic.All",
      "Calendars.ReadBasic.All");
  private static final int PAGE = 2;

  final List<String> calls = new CopyOnWriteArrayList<>();
  final Map<String, List<ObjectNode>> messages = new ConcurrentHashMap<>();
  final Map<String, List<ObjectNode>> meetings = new ConcurrentHashMap<>();
  final Set<String> forbidden = ConcurrentHashMap.newKeySet();
  final AtomicInteger inFlightMost = new AtomicInteger();
  volatile Set<String> roles = Set.copyOf(ROLES);
  volatile boolean isKnown = true;
  /** After so many more reads consent is taken back. */
  volatile int readsUntilWithdrawn = Integer.MAX_VALUE;
  /** After so many more reads tokens given before are refused. */
  volatile int readsUntilExpired = Integer.MAX_VALUE;
  volatile boolean isShuffled;
  volatile String elsewhere = "";
  volatile long groupSize;
  private volatile boolean isSecretBad;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicLong tokens = new AtomicLong();
  private final AtomicLong oldestGood = new AtomicLong(1);
  private final AtomicLong reads = new AtomicLong();

  GraphFake() throws IOException {}

  @Override
  long paid() {
    return reads.get();
  }

  @Override
  void expire() {
    isSecretBad = true;
  }

  @Override
  void renew() {
    isSecretBad = false;
  }

  @Override
  Answer act(Call call) {
    inFlightMost.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
    try {
      return call.path().contains("/oauth2/") ? token(call) : graph(call);
    } finally {
      inFlight.decrementAndGet();
    }
  }

  private Answer token(Call call) {
    calls.add("token");
    if (!call.path().equals("/shop.example/oauth2/v2.0/token") || isSecretBad
        || !call.body().contains("client_secret=s3cret%26more")
        || !call.body().contains("grant_type=client_credentials")
        || !call.body().contains("%2F.default")) {
      return new Answer(401, "{\"error\": \"invalid_client\", \"error_codes\": [7000215]}");
    }
    if (!isKnown) {
      return new Answer(400, "{\"error\": \"unauthorized_client\", \"error_codes\": [700016]}");
    }
    var claims = JsonMapper.shared().createObjectNode().put("tenant_region_scope", "EU").put("n",
        tokens.incrementAndGet());
    roles.stream().sorted().forEach(claims.putArray("roles")::add);
    String token = "x." + Base64.getUrlEncoder().withoutPadding()
        .encodeToString(claims.toString().getBytes(StandardCharsets.UTF_8)) + ".y";
    return new Answer(200, "{\"token_type\": \"Bearer\", \"expires_in\": 3599, \"access_token\": \"%s\"}".formatted(
        token));
  }

  private synchronized Answer graph(Call call) {
    String token = call.headers().getOrDefault("authorization", "").replace("Bearer ", "");
    var claims = JsonMapper.shared().readTree(Base64.getUrlDecoder().decode(token.split("\\.")[1]));
    if (readsUntilExpired-- <= 0) {
      readsUntilExpired = Integer.MAX_VALUE;
      oldestGood.set(tokens.get() + 1);
    }
    if (readsUntilWithdrawn-- <= 0) {
      roles = Set.of();
    }
    if (claims.path("n").asLong() < oldestGood.get()) {
      return problem(401, "InvalidAuthenticationToken");
    }
    if (roles.isEmpty()) {
      return problem(403, "Authorization_RequestDenied");
    }
    var address = URI.create(address() + call.path());
    var query = query(address.getRawQuery());
    calls.add(address.getPath());
    reads.incrementAndGet();
    if (query.values().stream().anyMatch(value -> value.toLowerCase(Locale.ROOT).contains("subject")
        || value.toLowerCase(Locale.ROOT).contains("body")) || !query.containsKey("$select")) {
      return problem(403, "ErrorAccessDenied");
    }
    var path = address.getPath().split("/");
    return switch (path[2]) {
      case "users" -> path.length == 3 ? users(query) : mailbox(path[3], path[4], query);
      case "groups" -> path.length == 3 ? groups(query) : members(call, query);
      case String _ -> problem(404, "NotFound");
    };
  }

  private static Answer problem(int status, String code) {
    return new Answer(status, "{\"error\": {\"code\": \"%s\", \"message\": \"zebra\"}}".formatted(code));
  }

  private static Map<String, String> query(String written) {
    var query = new TreeMap<String, String>();
    for (String part : written.split("&")) {
      String[] pair = part.split("=", 2);
      query.put(pair[0], URLDecoder.decode(pair[1].replace("+", "%2B"), StandardCharsets.UTF_8));
    }
    return query;
  }

  private Answer users(Map<String, String> query) {
    var found = new ArrayList<ObjectNode>();
    for (String name : List.of("ann", "bob", "cleo")) {
      if (query.get("$filter").contains("'" + name + "@shop.example'")
          || query.get("$filter").contains("'smtp:" + name + "@alias.example'")) {
        found.add(user(name));
      }
    }
    return all(found);
  }

  private static ObjectNode user(String name) {
    var user = JsonMapper.shared().createObjectNode().put("id", "id-" + name).put("mail", name + "@shop.example")
        .put("userPrincipalName", name + "@shop.onmicrosoft.example");
    user.putArray("proxyAddresses").add("SMTP:" + name + "@shop.example").add("smtp:" + name + "@alias.example");
    return user;
  }

  private Answer groups(Map<String, String> query) {
    return all(query.get("$filter").contains("'sales@shop.example'")
        ? List.of(JsonMapper.shared().createObjectNode().put("id", "g1").put("mail", "sales@shop.example"))
        : List.of());
  }

  private Answer members(Call call, Map<String, String> query) {
    if (!call.headers().getOrDefault("consistencylevel", "").equals("eventual")
        || !"true".equals(query.get("$count"))) {
      return problem(400, "Request_UnsupportedQuery");
    }
    var members = new ArrayList<>(List.of(user("ann"), user("bob"), user("cleo")));
    members.add(JsonMapper.shared().createObjectNode().put("id", "id-room").putNull("mail"));
    for (long number = 0; number < groupSize; number++) {
      members.add(user("member" + number));
    }
    return paged(members, "/v1.0/groups/g1/transitiveMembers/microsoft.graph.user", query, 999);
  }

  private Answer mailbox(String id, String what, Map<String, String> query) {
    if (forbidden.contains(id)) {
      return problem(403, "ErrorAccessDenied");
    }
    if (what.equals("messages")) {
      String from = query.get("$filter").replace("receivedDateTime ge ", "");
      var found = messages.getOrDefault(id, List.of()).stream()
          .filter(message -> message.path("receivedDateTime").asString().compareTo(from) >= 0)
          .sorted(Comparator.comparing(message -> message.path("receivedDateTime").asString())).toList();
      return paged(isShuffled ? found.reversed() : found, "/v1.0/users/" + id + "/messages", query, PAGE);
    }
    var found = meetings.getOrDefault(id, List.of()).stream().filter(meeting -> {
      String start = meeting.path("start").path("dateTime").asString();
      return start.compareTo(query.get("startDateTime").substring(0, 19)) >= 0
          && start.compareTo(query.get("endDateTime").substring(0, 19)) < 0;
    }).toList();
    return paged(found, "/v1.0/users/" + id + "/calendarView", query, PAGE);
  }

  private static Answer all(List<ObjectNode> found) {
    var answer = JsonMapper.shared().createObjectNode();
    found.forEach(answer.putArray("value")::add);
    return new Answer(200, answer.toString());
  }

  /// With duplicates on request: each page has the last entry of the one before once more.
  private Answer paged(List<ObjectNode> found, String path, Map<String, String> query, int size) {
    int skipped = Integer.parseInt(query.getOrDefault("$skiptoken", "0"));
    var answer = JsonMapper.shared().createObjectNode();
    var value = answer.putArray("value");
    found.subList(Math.max(0, isShuffled ? skipped - 1 : skipped), Math.min(found.size(), skipped + size))
        .forEach(value::add);
    if (skipped + size < found.size()) {
      var more = new ArrayList<String>();
      query.forEach((name, text) -> {
        if (!name.equals("$skiptoken")) {
          more.add(name + "=" + URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20"));
        }
      });
      answer.put("@odata.nextLink", (elsewhere.isEmpty() ? address() : elsewhere) + path + "?" + String.join("&", more)
          + "&$skiptoken=" + (skipped + size));
    }
    return new Answer(200, answer.toString());
  }

  /// A message in the mailboxes of some.
  void mail(String id, Instant at, String from, List<String> to, String... mailboxes) {
    var message = JsonMapper.shared().createObjectNode().put("id", "x" + id)
        .put("internetMessageId", "<%s@x>".formatted(
            id))
        .put("conversationId", "c-" + id).put("isDraft", false).put("subject", "subject-zebra");
    String moment = at.truncatedTo(ChronoUnit.SECONDS).toString();
    message.put("sentDateTime", moment).put("receivedDateTime", moment);
    message.set("from", person(from));
    to.forEach(each -> message.withArray("toRecipients").add(person(each)));
    for (String mailbox : mailboxes) {
      messages.computeIfAbsent("id-" + mailbox, _ -> new CopyOnWriteArrayList<>()).add(message);
    }
  }

  void meeting(String id, Instant at, String organiser, List<String> to, String... mailboxes) {
    var meeting = JsonMapper.shared().createObjectNode().put("iCalUId", id).put("isCancelled", false).put("isAllDay",
        false);
    meeting.putObject("start").put("dateTime", at.toString().substring(0, 19) + ".0000000").put("timeZone", "UTC");
    meeting.putObject("end").put("dateTime", at.plusSeconds(3_600).toString().substring(0, 19) + ".0000000").put(
        "timeZone", "UTC");
    meeting.set("organizer", person(organiser));
    to.forEach(each -> ((ObjectNode) meeting.withArray("attendees").addObject().put("type", "required")).set(
        "emailAddress", JsonMapper.shared().createObjectNode().put("address", each)));
    for (String mailbox : mailboxes) {
      meetings.computeIfAbsent("id-" + mailbox, _ -> new CopyOnWriteArrayList<>()).add(meeting);
    }
  }

  private static ObjectNode person(String address) {
    var person = JsonMapper.shared().createObjectNode();
    person.putObject("emailAddress").put("address", address).put("name", "name-zebra");
    return person;
  }

  /// What was read of mailboxes, without doubles.
  Set<String> mailboxesRead() {
    var read = new HashSet<String>();
    calls.stream().filter(call -> call.contains("/messages")).forEach(read::add);
    return read;
  }
}
