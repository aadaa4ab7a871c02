package portrait.doors.rest;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.server.McpStatelessServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import portrait.foundation.database.Database;
import portrait.foundation.database.StoreException;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Caller;
import portrait.foundation.security.Permission;
import portrait.processes.live.Live;
import portrait.stages.activities.Activities;
import portrait.stages.events.EventQuery;
import portrait.stages.profiles.Profile;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.Segments;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What an assistant may ask: the reading part of the API, in the same shapes.
final class AssistantTools {

  private static final Logger LOG = LoggerFactory.getLogger(AssistantTools.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int CUSTOMERS_MAX = 25;
  private static final int EVENTS_MAX = 100;
  private static final String WHO = """
      "namespace": {"type": "string", "description": "email, user_id, …, or customer for a customerId"},
      "value": {"type": "string", "description": "Compared exactly"}""";

  private final Live live;
  private final Profiles profiles;
  private final Segments segments;
  private final Definitions definitions;
  private final Database database;

  AssistantTools(Live live, Profiles profiles, Segments segments, Definitions definitions, Database database) {
    this.live = live;
    this.profiles = profiles;
    this.segments = segments;
    this.definitions = definitions;
    this.database = database;
  }

  List<SyncToolSpecification> all(McpJsonMapper json) {
    return List.of(
        tool(json, "find_customers", "Find customers by name, e-mail address or any other text of theirs.", """
            {"type": "object", "required": ["query"], "properties": {
              "query": {"type": "string", "description": "Words to look for"},
              "limit": {"type": "integer", "minimum": 1, "maximum": 25}}}""", Permission.VIEW, this::find),
        tool(json, "get_customer", "The portrait of one customer: attributes, measures, segments, identities.",
            who(), Permission.LOOK_UP, this::portrait),
        tool(json, "get_timeline", "What one customer did, newest first.", """
            {"type": "object", "required": ["namespace", "value"], "properties": { %s,
              "name": {"type": "string", "description": "Only events of this name"},
              "limit": {"type": "integer", "minimum": 1, "maximum": 100}}}""".formatted(WHO), Permission.LOOK_UP,
            this::timeline),
        tool(json, "list_segments", "All segments with their titles, rules and sizes.",
            "{\"type\": \"object\", \"properties\": {}}", Permission.VIEW, _ -> segments()),
        tool(json, "explain_membership", "Why one customer is in a segment or not, condition by condition.", """
            {"type": "object", "required": ["segment", "namespace", "value"], "properties": { %s,
              "segment": {"type": "string", "description": "The name of the segment"}}}""".formatted(WHO),
            Permission.VIEW, this::explain),
        tool(json, "list_definitions", "What is configured: kinds and names, or all of one kind in full.", """
            {"type": "object", "properties": {
              "kind": {"type": "string", "description": "Segment, Measure, Source, …; none for the names of all"}}}""",
            Permission.VIEW, this::definitions));
  }

  private static String who() {
    return "{\"type\": \"object\", \"required\": [\"namespace\", \"value\"], \"properties\": { %s }}".formatted(WHO);
  }

  /// What a tool does with the arguments it is given.
  private interface Work {

    ObjectNode answer(JsonNode arguments);
  }

  private static SyncToolSpecification tool(McpJsonMapper json, String name, String description, String input,
      Permission needed, Work work) {
    var tool = Tool.builder().name(name).description(description).inputSchema(json, input)
        .annotations(new ToolAnnotations(description, true, false, true, false, false)).build();
    return new SyncToolSpecification(tool, (_, request) -> {
      try {
        refuseUnlessAllowed(needed);
        var arguments = Optional.ofNullable(request.arguments()).orElse(Map.of());
        return told(work.answer(JSON.valueToTree(arguments)), false);
      } catch (ProblemException refused) {
        return told(problem(refused.problem()), true);
      } catch (StoreException failure) {
        LOG.error("request {}: the tool {} failed", Caller.CURRENT.get().requestId(), name, failure);
        return told(problem(Problem.of(Problem.Code.INTERNAL, "something went wrong inside Portrait")), true);
      }
    });
  }

  private static void refuseUnlessAllowed(Permission needed) {
    var caller = Caller.CURRENT.get();
    if (!caller.role().allows(needed)) {
      throw Problem.of(Problem.Code.NOT_ALLOWED,
          "%s has the role %s, which may not do this".formatted(caller.name(), caller.role().text()),
          "Use a key with the role viewer.").asException();
    }
  }

  private static CallToolResult told(ObjectNode answer, boolean isError) {
    return CallToolResult.builder().addTextContent(answer.toString())
        .structuredContent(JSON.convertValue(answer, Map.class)).isError(isError).build();
  }

  private static ObjectNode problem(Problem problem) {
    return Shapes.object().put("code", problem.code().text()).put("detail", problem.message()).put("hint",
        problem.hint());
  }

  private ObjectNode find(JsonNode arguments) {
    String query = text(arguments, "query");
    var page = database.read(transaction -> profiles.search(transaction, query, Optional.empty(),
        limit(arguments, CUSTOMERS_MAX), Optional.empty()));
    return Shapes.list("customers", page.profiles(), AssistantTools::found).put("more", page.next().isPresent());
  }

  private static ObjectNode found(Profile profile) {
    return Shapes.object().put("customerId", profile.customer().id().toString()).put("known", profile.known())
        .put("lastSeen", Shapes.time(profile.lastSeen()))
        .set("attributes", JSON.valueToTree(profile.attributes()));
  }

  private ObjectNode portrait(JsonNode arguments) {
    return Shapes.portrait(live.find(identity(arguments)).orElseThrow(AssistantTools::unknown));
  }

  private ObjectNode timeline(JsonNode arguments) {
    String name = arguments.path("name").asString("");
    var query = new EventQuery(Optional.empty(), Optional.empty(), name.isBlank() ? Set.of() : Set.of(name),
        limit(arguments, EVENTS_MAX), Optional.empty()).without(Activities.hidden(definitions));
    var page = live.events(identity(arguments), query).orElseThrow(AssistantTools::unknown);
    return Shapes.list("events", page.events(), Shapes::event).put("more", page.next().isPresent());
  }

  private ObjectNode segments() {
    Map<String, Long> sizes = database.read(segments::sizes);
    return Shapes.list("segments", segments.definitions(),
        segment -> Shapes.segment(segment, sizes.getOrDefault(segment.name(), 0L)));
  }

  private ObjectNode explain(JsonNode arguments) {
    String segment = text(arguments, "segment");
    if (segments.definitions().stream().noneMatch(each -> each.name().equals(segment))) {
      throw Problem.of(Problem.Code.NOT_FOUND, "there is no segment %s".formatted(segment),
          "Ask list_segments for their names.").asException();
    }
    var why = live.explain(identity(arguments), segment).orElseThrow(AssistantTools::unknown);
    var shape = Shapes.object().put("segment", segment).put("member", why.holds().orElse(false));
    return shape.set("why", Shapes.explanation(why));
  }

  private ObjectNode definitions(JsonNode arguments) {
    String kind = arguments.path("kind").asString("");
    if (!kind.isBlank()) {
      return Shapes.list("definitions", definitions.list(kind), Shapes::definition);
    }
    var all = definitions.kinds().stream().flatMap(each -> definitions.list(each).stream()).toList();
    return Shapes.list("definitions", all, definition -> Shapes.object().put("kind", definition.kind())
        .put("name", definition.name()).put("title", definition.spec().path("title").asString("")));
  }

  private static Identity identity(JsonNode arguments) {
    return Identity.asked(text(arguments, "namespace"), text(arguments, "value"));
  }

  private static String text(JsonNode arguments, String name) {
    String text = arguments.path(name).asString("");
    if (text.isBlank() || text.indexOf(0) >= 0) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "%s is missing: it must be a text".formatted(name))
          .asException();
    }
    return text;
  }

  private static int limit(JsonNode arguments, int most) {
    return Math.clamp(arguments.path("limit").asInt(most), 1, most);
  }

  private static ProblemException unknown() {
    return Problem.of(Problem.Code.UNKNOWN_PROFILE, "no customer has this identity",
        "Values are compared exactly; find_customers looks for words.").asException();
  }
}
