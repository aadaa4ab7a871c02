package portrait.stages.enrichments.providers;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// One run at Leadspace. A question is one record, or several: the main address of a company and another one. Results
/// come in any order and are told apart by the place of the question and the name of the record.
final class LeadspaceAsking implements Asking {

  private static final int RECORDS_MAX = 500;
  /** What has no name of its own: the values of the first record. */
  static final String FIRST = "";

  private final LeadspaceCalls calls;
  private final List<String> parts;
  private final Function<Question, SequencedMap<String, ObjectNode>> records;
  private final String what;
  private final Leadspace.Confidence least;
  private final Clock clock;

  /// @param parts names of the records that a question can be
  /// @param records what is sent for a question, by those names
  /// @param what must be enriched for a record to be an answer: `Company` or `Person`
  /// @param least of answers that are surely about the one who was meant
  LeadspaceAsking(LeadspaceCalls calls, List<String> parts,
      Function<Question, SequencedMap<String, ObjectNode>> records, String what, Leadspace.Confidence least,
      Clock clock) {
    this.calls = calls;
    this.parts = List.copyOf(parts);
    this.records = records;
    this.what = what;
    this.least = least;
    this.clock = clock;
  }

  @Override
  public int questionsMax() {
    return RECORDS_MAX / parts.size();
  }

  @Override
  public Reply ask(List<Question> questions) throws InterruptedException {
    var body = JsonMapper.shared().createObjectNode();
    var data = body.putArray("data");
    for (int place = 0; place < questions.size(); place++) {
      int number = place;
      records.apply(questions.get(place)).forEach((part, record) -> data.add(
          record.put("external_id", "%d:%s".formatted(number, part))));
    }
    return calls.enrich(body);
  }

  @Override
  public Reply collect(String ticket, int questions) throws InterruptedException {
    return calls.collect(ticket, questions, results -> answers(results, questions));
  }

  private List<Answer> answers(JsonNode results, int questions) {
    var byId = new HashMap<String, JsonNode>();
    results.forEach(result -> byId.put(result.path("external_id").asString(""), result));
    var answers = new ArrayList<Answer>();
    for (int place = 0; place < questions; place++) {
      var said = new HashMap<String, Answer>();
      for (String part : parts) {
        var result = byId.get("%d:%s".formatted(place, part));
        if (result != null) {
          said.put(part, answer(result));
        }
      }
      answers.add(together(said));
    }
    return answers;
  }

  private Answer answer(JsonNode result) {
    int code = Stream.of(result.path("code"), result.path("error").path("code")).filter(JsonNode::isValueNode)
        .mapToInt(node -> node.asInt(0)).findFirst().orElse(0);
    if (code == 1200) {
      return new Answer.Refused("Leadspace found the input invalid (1200)", true);
    }
    if (code != 0 || "failure".equals(result.path("status").asString(""))) {
      return new Answer.Refused("Leadspace could not answer (%s)".formatted(code == 0 ? "failure" : code), false);
    }
    var data = result.path("data");
    String status = data.path("enrichment_status").asString("");
    if (!status.contains(what)) {
      return new Answer.Nothing();
    }
    String level = data.path("company").path("matching_confidence").path("level").asString("");
    return new Answer.Found(new Told(new JsonSaid(data), status, level, clock.instant()),
        level.isEmpty() || Leadspace.Confidence.of(level).compareTo(least) >= 0);
  }

  /// What records say together. Where one is surely about the one who was meant, those that may not be are left out.
  private Answer together(Map<String, Answer> said) {
    var found = new HashMap<String, Answer.Found>();
    said.forEach((part, answer) -> {
      if (answer instanceof Answer.Found one) {
        found.put(part, one);
      }
    });
    if (found.isEmpty()) {
      return said.values().stream().filter(Answer.Refused.class::isInstance).findFirst()
          .orElseGet(() -> said.isEmpty() ? new Answer.Refused("there was no answer to it", false)
              : new Answer.Nothing());
    }
    boolean isAnyCertain = found.values().stream().anyMatch(Answer.Found::isCertain);
    if (isAnyCertain) {
      found.values().removeIf(one -> !one.isCertain());
    }
    return new Answer.Found(path -> {
      for (String part : parts) {
        if (!part.equals(FIRST) && path.startsWith(part + ".")) {
          var one = found.get(part);
          return one == null ? null : one.said().at(path.substring(part.length() + 1));
        }
      }
      var first = found.get(FIRST);
      return first == null ? null : first.said().at(path);
    }, isAnyCertain);
  }

  @Override
  public long calls() {
    return calls.calls();
  }

  @Override
  public void close() {
    calls.close();
  }
}
