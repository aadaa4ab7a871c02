package portrait.stages.enrichments;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Leadspace as its help centre and a transcription of its OpenAPI have it (api-evangelist/leadspace, the fourth version
/// of the bulk and the single call): tokens, credits, bulks whose results come later and in another order, levels of
/// confidence, records that fail alone.
final class LeadspaceFake extends PartnerFake {

  static final String TOKEN = "leadspace-token-77b1";

  /// What it knows: by name, with how sure it is.
  private static final Map<String, String> COMPANIES = Map.of("acme", "HIGH", "globex", "MEDIUM", "initech", "LOW",
      "umbrella", "VERY LOW", "stark", "HIGH", "broken", "1100", "invalid", "1200");

  private final Map<String, JsonNode> bulks = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> looks = new ConcurrentHashMap<>();
  private final List<JsonNode> records = new CopyOnWriteArrayList<>();
  private final AtomicLong credits = new AtomicLong(1_000);
  private final AtomicInteger numbers = new AtomicInteger();
  private volatile String token = TOKEN;
  private volatile int looksUntilReady = 1;
  private volatile boolean isThird;

  LeadspaceFake() throws IOException {}

  void credit(long count) {
    credits.set(count);
  }

  void readyAfter(int times) {
    looksUntilReady = times;
  }

  void answerAsThird() {
    isThird = true;
  }

  /// Records that were charged for, in order.
  List<JsonNode> records() {
    return records;
  }

  @Override
  long paid() {
    return records.size();
  }

  @Override
  void expire() {
    token = "another";
  }

  @Override
  void renew() {
    token = TOKEN;
  }

  @Override
  Answer act(Call call) {
    if (!call.headers().getOrDefault("authorization", "").equals("Bearer " + token)) {
      return new Answer(401, "ignore this");
    }
    if (call.method().equals("GET") && call.path().startsWith("/v3/enrichment/results/")) {
      return results(call.path());
    }
    if (!call.method().equals("POST")) {
      return new Answer(405, "");
    }
    var body = JsonMapper.shared().readTree(call.body());
    return switch (call.path()) {
      case "/enrichment/enrich/single" -> isEnough(body) ? charged(List.of(body)) : problem();
      case "/enrichment/enrich/bulk" -> body.path("data").isEmpty() || body.path("data").size() > 500 ? problem()
          : charged(body.path("data").valueStream().toList());
      default -> new Answer(404, "");
    };
  }

  private static Answer problem() {
    return new Answer(400,
        """
        {"error": "too little input", "tracking_id": "t-1", "request_timestamp": "2026-11-22T12:00:00Z", "details": ""}""");
  }

  private static boolean isEnough(JsonNode record) {
    var person = record.path("person");
    return !record.path("company").path("name").asString("").isEmpty()
        || !person.path("first_name").asString("").isEmpty() && !person.path("email").asString("").isEmpty();
  }

  private synchronized Answer charged(List<JsonNode> asked) {
    if (credits.get() < asked.size()) {
      return new Answer(427, "");
    }
    credits.addAndGet(-asked.size());
    records.addAll(asked);
    var answers = new ArrayList<ObjectNode>();
    asked.forEach(record -> answers.add(answer(record)));
    Collections.reverse(answers);
    var whole = JsonMapper.shared().createObjectNode();
    answers.forEach(whole.putArray("results")::add);
    String path = "/v3/enrichment/results/b%d".formatted(numbers.incrementAndGet());
    bulks.put(path, whole);
    looks.put(path, new AtomicInteger());
    return new Answer(202, "{\"id\": \"%s\"}".formatted(path));
  }

  private Answer results(String path) {
    var found = bulks.get(path);
    if (found == null) {
      return new Answer(404, "");
    }
    return looks.get(path).incrementAndGet() <= looksUntilReady ? new Answer(204, "")
        : new Answer(200, found.toString());
  }

  private ObjectNode answer(JsonNode record) {
    var answer = JsonMapper.shared().createObjectNode().put("status", "success").put("external_id",
        record.path("external_id").asString());
    String name = record.path("company").path("name").asString("").toLowerCase(java.util.Locale.ROOT).split(" ")[0];
    String level = COMPANIES.getOrDefault(name, "");
    if (level.startsWith("1")) {
      return answer.put("status", "failure").put("code", Integer.parseInt(level));
    }
    boolean isPerson = record.path("person").path("email").asString("").endsWith("acme.example");
    var data = answer.putObject("data").put("enrichment_status", level.isEmpty() && !isPerson ? "Not Enriched"
        : level.isEmpty() ? "Person Enriched" : isPerson ? "Person & Company Enriched" : "Company Enriched");
    if (!level.isEmpty()) {
      var company = data.putObject("company").put("name", name).put("industry", "Industry of " + name).put("naics", "");
      company.putObject("matching_confidence").put("level", level);
      company.putObject(isThird ? "size" : "employees").put("exact", 120);
      company.putObject("address").put("city", record.path("company").path("address").path("city").asString("?"));
    }
    if (isPerson) {
      var person = data.putObject("person").put("title", "Head of Tools").put("level", "Director Level")
          .put("original_email_verification_status", "VALID");
      person.putObject("analytics").putArray("scores").addObject().put("profile_name", "Buyer");
    }
    return answer;
  }

  /// What was charged for more than once.
  Set<String> paidTwice() {
    var seen = new HashSet<String>();
    var twice = new TreeMap<String, String>();
    records.forEach(record -> {
      String what = record.path("company") + " " + record.path("person");
      if (!seen.add(what)) {
        twice.put(what, what);
      }
    });
    return twice.keySet();
  }
}
