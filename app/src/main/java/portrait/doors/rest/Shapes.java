package portrait.doors.rest;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import portrait.foundation.definitions.Change;
import portrait.foundation.definitions.Definition;
import portrait.foundation.expressions.Explanation;
import portrait.foundation.jobs.Job;
import portrait.foundation.jobs.TaskState;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.model.Yaml;
import portrait.foundation.security.AuditEntry;
import portrait.foundation.security.KeyInfo;
import portrait.foundation.security.KeyTerms;
import portrait.foundation.security.NewKey;
import portrait.foundation.security.OneTimePassword;
import portrait.foundation.security.Scope;
import portrait.foundation.security.User;
import portrait.processes.live.IdentityMap;
import portrait.processes.live.Lineage;
import portrait.processes.live.Portrait;
import portrait.processes.live.SeenIdentity;
import portrait.processes.rebuild.RebuildReport;
import portrait.stages.events.Event;
import portrait.stages.events.EventType;
import portrait.stages.events.QuarantinedEvent;
import portrait.stages.events.RefusedMessages;
import portrait.stages.identity.LeftOut;
import portrait.stages.segments.MembershipChange;
import portrait.processes.rollout.Forecast;
import portrait.stages.segments.Estimate;
import portrait.stages.segments.SegmentDefinition;
import portrait.stages.sources.LoadResult;
import portrait.stages.sources.Discovery;
import portrait.stages.sources.Preview;
import portrait.stages.sources.TableState;
import portrait.stages.unification.CustomerChanges;
import portrait.stages.unification.Difference;
import portrait.stages.unification.LikelyReport;
import portrait.stages.unification.LiveRule;
import portrait.stages.unification.MatchReport;
import portrait.stages.unification.PairExplanation;
import portrait.stages.unification.RulePreview;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// What answers look like. Written out member by member: these shapes are a promise to programs, and must not move when
/// a record of ours does.
final class Shapes {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final YAMLMapper YAML = Yaml.builder().build();

  private Shapes() {}

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  /// An object with one list in it.
  static <T> ObjectNode list(String name, Collection<T> items, Function<T, ? extends JsonNode> shape) {
    return object().set(name, array(items, shape));
  }

  static <T> ArrayNode array(Collection<T> items, Function<T, ? extends JsonNode> shape) {
    var array = JSON.createArrayNode();
    items.forEach(item -> array.add(shape.apply(item)));
    return array;
  }

  static ObjectNode next(ObjectNode page, Optional<String> next) {
    return page.put("next", next.orElse(null));
  }

  static ObjectNode rebuild(RebuildReport report) {
    var shape = object();
    shape.put("job", report.job().toString());
    shape.put("check", report.isCheck());
    shape.put("identities", report.identities());
    shape.put("customers", report.customers());
    shape.put("differences", report.differences());
    shape.set("findings", array(report.findings(), finding -> {
      var one = object();
      one.put("kind", finding.kind());
      one.put("count", finding.count());
      one.set("samples", JSON.valueToTree(finding.samples()));
      return one;
    }));
    return shape;
  }

  static ObjectNode portrait(Portrait portrait) {
    var shape = object();
    shape.put("customerId", portrait.customerId().toString());
    shape.put("kind", portrait.kind());
    shape.put("known", portrait.known());
    shape.set("attributes", values(portrait.attributes()));
    shape.set("measures", values(portrait.measures()));
    shape.set("segments", JSON.valueToTree(portrait.segments()));
    shape.set("identities", array(portrait.identities(), Shapes::seen));
    shape.set("previousCustomerIds", JSON.valueToTree(texts(portrait.previousCustomerIds())));
    shape.put("firstSeen", time(portrait.firstSeen()));
    shape.put("lastSeen", time(portrait.lastSeen()));
    return shape;
  }

  static ObjectNode seen(SeenIdentity identity) {
    return object().put("namespace", identity.namespace()).put("value", identity.value())
        .put("firstSeen", time(identity.firstSeen())).put("lastSeen", time(identity.lastSeen()));
  }

  static ObjectNode event(Event event) {
    var shape = object();
    shape.put("id", event.id());
    shape.put("type", event.type().text());
    shape.put("name", event.name());
    shape.put("timestamp", time(event.timestamp()));
    shape.put("receivedAt", time(event.receivedAt()));
    shape.put("source", event.source());
    shape.set("identities", array(event.identities(), Shapes::identity));
    shape.set("properties", event.properties());
    return shape;
  }

  static ObjectNode refused(RefusedMessages page) {
    var stock = page.stock();
    var shape = next(list("messages", page.messages(), Shapes::quarantined), page.next());
    shape.put("total", stock.kept().messages());
    shape.put("bytes", stock.kept().bytes());
    var limits = stock.limits();
    shape.putObject("limits").put("messages", limits.messagesMax()).put("bytes", limits.bytesMax()).put("days",
        limits.age().toDays());
    shape.putObject("left").put("full", stock.full().messages()).put("old", stock.old().messages());
    return shape;
  }

  /// The original as text where it is text, else in base64.
  static ObjectNode quarantined(QuarantinedEvent message) {
    var shape = object();
    shape.put("id", String.valueOf(message.number()));
    shape.put("receivedAt", time(message.receivedAt()));
    shape.put("source", message.source());
    shape.put("code", message.code());
    shape.put("reason", message.reason());
    var original = message.original();
    shape.put("type", original.type().map(EventType::text).orElse(null));
    shape.put("times", message.times());
    shape.set("batch", JSON.readTree(original.envelope()));
    String text = new String(original.bytes(), StandardCharsets.UTF_8);
    boolean isText = Arrays.equals(text.getBytes(StandardCharsets.UTF_8), original.bytes());
    shape.put("encoding", isText ? "text" : "base64");
    shape.put("original", isText ? text : Base64.getEncoder().encodeToString(original.bytes()));
    return shape;
  }

  static ObjectNode identityMap(IdentityMap map) {
    var shape = object();
    shape.put("customerId", map.customerId().toString());
    shape.set("previousCustomerIds", JSON.valueToTree(texts(map.previousCustomerIds())));
    shape.set("identities", array(map.identities(), Shapes::seen));
    shape.set("links", array(map.links(), Shapes::tie));
    shape.set("notLinked", array(map.leftOut(), Shapes::leftOut));
    return shape;
  }

  private static ObjectNode leftOut(LeftOut some) {
    var shape = object();
    shape.set("identity", identity(some.crowded()));
    shape.put("times", some.times());
    shape.put("reason", "the identity was seen with so many others before that one more says nothing");
    shape.put("firstSeen", time(some.firstAt()));
    shape.put("lastSeen", time(some.lastAt()));
    shape.set("last", identity(some.last()));
    return shape.put("fact", some.fact());
  }

  static ObjectNode lineage(Lineage lineage) {
    var shape = object();
    shape.put("customerId", lineage.customerId().toString());
    shape.set("records", array(lineage.records(), record -> {
      var one = object();
      one.put("source", record.source());
      one.set("identity", identity(record.identity()));
      one.put("at", time(record.at()));
      one.set("wins", JSON.valueToTree(record.wins()));
      return one;
    }));
    shape.set("attributes", array(lineage.attributes(), Shapes::attribute));
    shape.set("links", array(lineage.links(), Shapes::tie));
    return shape;
  }

  private static ObjectNode attribute(Lineage.Attribute attribute) {
    var shape = object();
    shape.put("name", attribute.name());
    shape.set("value", value(attribute.value()));
    shape.put("source", attribute.source());
    shape.put("at", time(attribute.at()));
    shape.set("said", array(attribute.said(), said -> {
      var one = object();
      one.set("value", value(said.value()));
      one.put("source", said.source());
      one.put("at", time(said.at()));
      one.set("identity", identity(said.identity()));
      return one;
    }));
    return shape;
  }

  private static ObjectNode tie(IdentityMap.Tie tie) {
    var shape = object();
    shape.set("one", identity(tie.one()));
    shape.set("other", identity(tie.other()));
    shape.put("source", tie.source());
    shape.put("fact", tie.fact());
    shape.put("rule", tie.rule());
    shape.put("score", tie.score());
    shape.put("firstSeen", time(tie.firstSeen()));
    shape.put("lastSeen", time(tie.lastSeen()));
    shape.put("live", tie.isLive());
    shape.put("cut", tie.isCut());
    return shape;
  }

  static ObjectNode liveRule(LiveRule rule) {
    return object().put("rule", rule.name()).put("live", rule.standing() == LiveRule.Standing.LIVE)
        .put("standing", rule.standing().name().toLowerCase(Locale.ROOT)).put("skipped", rule.skipped());
  }

  static ObjectNode identity(Identity identity) {
    return object().put("namespace", identity.namespace()).put("value", identity.value());
  }

  static ObjectNode matchReport(MatchReport report) {
    var shape = object();
    shape.put("at", time(report.at()));
    shape.put("records", report.records());
    shape.put("unique", report.unique());
    shape.put("matched", report.matched());
    shape.put("pairs", report.pairs());
    shape.set("tables", array(report.tables(), table -> object().put("table", table.table()).put("rows", table.rows())
        .put("withoutKey", table.withoutKey()).put("duplicates", table.duplicates()).put("matched", table.matched())));
    shape.set("between", array(report.between(), between -> object().put("table", between.table())
        .put("other", between.other()).put("pairs", between.pairs()).put("matched", between.matched())));
    shape.set("rules", array(report.rules(), rule -> object().put("rule", rule.rule()).put("compared", rule.compared())
        .put("pairs", rule.pairs()).put("matched", rule.matched()).put("largeGroups", rule.largeGroups())
        .put("recordsInLargeGroups", rule.recordsInLargeGroups())));
    return shape;
  }

  static ArrayNode likelyReport(LikelyReport report) {
    return array(report.rules(), rule -> {
      var shape = object().put("rule", rule.result().rule()).put("records", rule.records())
          .put("compared", rule.result().compared()).put("matches", rule.result().pairs())
          .put("related", rule.related()).put("refused", rule.refused()).put("threshold", rule.threshold());
      shape.set("blocks", array(rule.blocks(), block -> object().put("keys", block.keys()).put("pairs", block.pairs())
          .put("leftOut", block.leftOut())));
      shape.set("refusals", array(rule.refusals(), refusal -> {
        var one = object().put("probability", refusal.probability()).put("reason", refusal.reason());
        one.set("one", identity(refusal.one()));
        one.set("other", identity(refusal.other()));
        return one;
      }));
      shape.set("suspicious", array(rule.suspicious(), cluster -> {
        var one = object().put("records", cluster.records()).put("links", cluster.links());
        one.set("record", identity(cluster.record()));
        return one;
      }));
      return shape;
    });
  }

  static ObjectNode pairExplanation(PairExplanation pair) {
    var shape = object().put("rule", pair.rule()).put("weight", pair.weight()).put("probability", pair.probability())
        .put("refused", pair.refused().orElse(null)).put("isRelated", pair.isRelated());
    shape.set("one", identity(pair.one()));
    shape.set("other", identity(pair.other()));
    shape.set("steps", steps(pair));
    return shape;
  }

  private static ArrayNode steps(PairExplanation pair) {
    return array(pair.steps(), step -> object().put("field", step.field()).put("level", step.level())
        .put("bits", step.bits()).put("one", step.left()).put("other", step.right()));
  }

  static ObjectNode difference(Difference difference) {
    var shape = object().put("added", difference.added()).put("removed", difference.removed())
        .put("merged", difference.merged()).put("split", difference.split()).put("isComplete", difference.isComplete());
    shape.set("matching", matchReport(difference.matching()));
    shape.set("samples", array(difference.samples(), sample -> {
      var one = object().put("change", sample.isAdded() ? "added" : "removed").put("rule", sample.rule())
          .put("score", sample.score());
      one.set("one", identity(sample.one()));
      one.set("other", identity(sample.other()));
      return one;
    }));
    return shape;
  }

  static ObjectNode customerChanges(CustomerChanges changes) {
    return object().put("at", time(changes.at())).put("customers", changes.customers()).put("new", changes.created())
        .put("merged", changes.merged()).put("split", changes.split()).put("gone", changes.gone());
  }

  static ObjectNode rulePreview(RulePreview preview) {
    var shape = object();
    shape.put("rule", preview.rule());
    shape.put("records", preview.records());
    shape.put("matched", preview.matched());
    shape.put("unmatched", preview.unmatched());
    shape.put("compared", preview.compared());
    shape.put("pairs", preview.pairs());
    shape.put("largeGroups", preview.largeGroups());
    shape.put("recordsInLargeGroups", preview.recordsInLargeGroups());
    shape.set("histogram", JSON.valueToTree(preview.histogram()));
    shape.set("samples", array(preview.samples(), sample -> {
      var one = object().put("one", sample.one()).put("other", sample.other()).put("score", sample.score())
          .put("match", sample.isMatch());
      one.set("conditions", array(sample.columns(), compared -> object().put("left", compared.leftColumn())
          .put("right", compared.rightColumn()).put("leftValue", compared.left().orElse(null))
          .put("rightValue", compared.right().orElse(null)).put("score", compared.score().orElse(null))
          .put("exception", compared.isException()).put("holds", compared.holds())));
      sample.explanation().ifPresent(pair -> one.put("weight", pair.weight()).set("steps", steps(pair)));
      return one;
    }));
    return shape;
  }

  static ObjectNode definition(Definition definition) {
    var shape = object();
    shape.put("kind", definition.kind());
    shape.put("name", definition.name());
    shape.set("spec", definition.spec());
    shape.put("version", definition.version());
    shape.put("revision", definition.revision());
    shape.put("appliedAt", time(definition.appliedAt()));
    shape.put("appliedBy", definition.appliedBy());
    return shape;
  }

  static ObjectNode change(Change change) {
    return object().put("kind", change.kind()).put("name", change.name())
        .put("action", change.action().name().toLowerCase(java.util.Locale.ROOT)).put("version", change.version());
  }

  static ObjectNode table(TableState table) {
    var shape = object();
    shape.put("name", table.fullName());
    shape.put("title", table.title());
    shape.put("rows", table.rows());
    shape.put("refused", table.refused());
    shape.put("loadedAt", time(table.loadedAt().orElse(null)));
    shape.set("lastFailure", table.failure().map(failure -> object().put("at", time(failure.at()))
        .put("code", failure.problem().code().text()).put("message", failure.problem().message())
        .put("hint", failure.problem().hint())).orElse(null));
    shape.set("columns", array(table.columns(), column -> object().put("name", column.name()).put("type",
        column.type().text()).put("semantic", column.semantic().orElse(""))));
    return shape;
  }

  static ObjectNode preview(Preview preview) {
    var shape = object();
    shape.set("columns", JSON.valueToTree(preview.columns()));
    shape.set("rows", array(preview.rows(), row -> {
      var line = object();
      for (int column = 0; column < preview.columns().size(); column++) {
        line.set(preview.columns().get(column), value(row.get(column)));
      }
      return line;
    }));
    shape.put("total", preview.total());
    return shape;
  }

  static ObjectNode discovery(Discovery found, String source, String table) {
    var shape = object().put("format", found.format().name().toLowerCase(Locale.ROOT));
    shape.set("columns", array(found.columns(), column -> object().put("name", column.name())
        .put("from", column.inFile()).put("type", column.type().name().toLowerCase(Locale.ROOT))
        .put("semantic", column.semantic().orElse("")).put("identity", column.identity().orElse(""))));
    shape.set("key", JSON.valueToTree(found.key()));
    shape.set("rows", JSON.valueToTree(found.rows()));
    shape.put("rowsSeen", found.rowsSeen());
    shape.set("notes", JSON.valueToTree(found.notes()));
    return shape.put("yaml", found.yaml(source, table));
  }

  static ObjectNode load(LoadResult result) {
    return object().put("rowsRead", result.rowsRead()).put("rowsLoaded", result.rowsLoaded())
        .put("rowsRefused", result.rowsRefused()).put("unchanged", result.unchanged()).put("changed", result.changed())
        .put("deleted", result.deleted()).put("skippedAsSeen", result.skippedAsSeen());
  }

  static ObjectNode job(Job job) {
    var shape = object();
    shape.put("id", job.id().toString());
    shape.put("name", job.name());
    shape.put("title", job.title());
    shape.put("status", job.status().text());
    shape.put("startedAt", time(job.startedAt()));
    shape.put("endedAt", time(job.endedAt()));
    shape.put("by", job.by());
    shape.set("tasks", array(job.tasks(), Shapes::task));
    return shape;
  }

  private static ObjectNode task(TaskState task) {
    var shape = object();
    shape.put("name", task.name());
    shape.put("title", task.title());
    shape.put("status", task.status().text());
    shape.put("rowsDone", task.rowsDone());
    shape.put("rowsExpected", task.rowsExpected());
    shape.put("startedAt", time(task.startedAt()));
    shape.put("endedAt", time(task.endedAt()));
    shape.put("note", task.note());
    var problem = task.problem();
    shape.set("problem", problem == null ? JSON.nullNode() : problem(problem));
    return shape;
  }

  private static ObjectNode problem(Problem problem) {
    return object().put("code", problem.code().text()).put("detail", problem.message()).put("hint", problem.hint());
  }

  static ObjectNode segment(SegmentDefinition segment, long size) {
    var shape = object().put("name", segment.name()).put("title", segment.title())
        .put("description", segment.description()).put("active", segment.isActive()).put("static", segment.isStatic())
        .put("size", size);
    segment.projected().keySet().forEach(shape.putArray("columns")::add);
    shape.set("tags", JSON.valueToTree(segment.tags()));
    return shape;
  }

  static ObjectNode estimate(Estimate estimate) {
    var shape = object().put("estimate", estimate.members()).put("customers", estimate.customers()).put("rule",
        estimate.rule());
    shape.set("sample", array(estimate.sample(), customer -> JSON.getNodeFactory().stringNode(customer.toString())));
    shape.set("parts", array(estimate.parts(), Shapes::part));
    shape.put("exact", estimate.sampled().isEmpty());
    estimate.sampled().ifPresent(sampled -> shape.put("oneIn", sampled.oneIn()).put("margin", sampled.margin()));
    shape.set("warnings", JSON.valueToTree(estimate.warnings()));
    if (!estimate.purposes().isEmpty()) {
      shape.set("purposes", JSON.valueToTree(estimate.purposes()));
      shape.put("withoutConsent", estimate.withoutConsent());
    }
    return shape.put("changesByTime", estimate.isTimed());
  }

  private static ObjectNode part(Estimate.Part part) {
    var shape = object().put("rule", part.rule()).put("members", part.members());
    if (!part.parts().isEmpty()) {
      shape.set("parts", array(part.parts(), Shapes::part));
    }
    return shape;
  }

  static ObjectNode forecast(Forecast forecast) {
    var shape = forecast.estimate().map(Shapes::estimate).orElseGet(() -> object().put("why", forecast.why()));
    shape.put("live", true).set("late", array(List.copyOf(forecast.late().entrySet()),
        event -> object().put("event", event.getKey()).set("tables", JSON.valueToTree(event.getValue()))));
    return shape;
  }

  /// @param why the tree of the rule with what was found at each part
  static ObjectNode explanation(Explanation why) {
    var shape = object();
    shape.put("text", why.text());
    shape.put("holds", why.holds().orElse(null));
    shape.set("found", JSON.valueToTree(why.found()));
    shape.set("events", JSON.valueToTree(why.events()));
    shape.put("changesAt", time(why.changesAt().orElse(null)));
    shape.set("parts", array(why.parts(), Shapes::explanation));
    return shape;
  }

  static ObjectNode membershipChange(MembershipChange change) {
    return object().put("customerId", change.customer().id().toString()).put("entered", change.entered())
        .put("at", time(change.at())).put("version", change.version()).put("why", change.why());
  }

  static ObjectNode user(User user) {
    return object().put("name", user.name()).put("role", user.role().text())
        .put("createdAt", time(user.createdAt())).put("createdBy", user.createdBy())
        .put("signedInAt", time(user.signedInAt().orElse(null)));
  }

  /// The one answer in which a password is shown.
  static ObjectNode password(OneTimePassword made) {
    return object().put("name", made.user()).put("password", made.password().reveal());
  }

  static ObjectNode key(KeyInfo key) {
    var shape = terms(key.id(), key.terms());
    shape.put("createdAt", time(key.createdAt()));
    shape.put("createdBy", key.createdBy());
    shape.put("lastUsedAt", time(key.lastUsedAt().orElse(null)));
    shape.put("rotatedAt", time(key.rotatedAt().orElse(null)));
    shape.put("previousUntil", time(key.previousUntil().orElse(null)));
    shape.put("revokedAt", time(key.revokedAt().orElse(null)));
    return shape;
  }

  /// The one answer in which the text of a key is shown.
  static ObjectNode newKey(NewKey made) {
    return terms(made.id(), made.terms()).put("key", made.key().reveal()).put("previousUntil",
        time(made.previousUntil().orElse(null)));
  }

  private static ObjectNode terms(String id, KeyTerms terms) {
    var shape = object().put("id", id).put("role", terms.role().text()).put("name", terms.name());
    terms.scopes().stream().map(Scope::text).forEach(shape.putArray("scopes")::add);
    shape.put("expiresAt", time(terms.expiresAt().orElse(null)));
    shape.put("requestsPerSecond", terms.requestsPerSecond().orElse(null));
    return shape.set("limits", JSON.valueToTree(terms.limits().orElse(null)));
  }

  static ObjectNode audit(AuditEntry entry) {
    return object().put("number", entry.number()).put("at", time(entry.at())).put("by", entry.by())
        .put("requestId", entry.requestId()).put("action", entry.action()).put("target", entry.target())
        .put("detail", entry.detail()).put("hash", entry.hash());
  }

  static @Nullable String time(@Nullable Instant at) {
    return at == null ? null : at.toString();
  }

  private static List<String> texts(Collection<?> ids) {
    return ids.stream().map(Object::toString).toList();
  }

  private static ObjectNode values(Map<String, Object> values) {
    var shape = object();
    new TreeMap<>(values).forEach((name, value) -> shape.set(name, value(value)));
    return shape;
  }

  static JsonNode value(@Nullable Object value) {
    return JSON.valueToTree(value);
  }

  /// Reads an object that was sent as JSON or YAML; nothing at all counts as an empty one.
  ///
  /// @throws portrait.foundation.model.ProblemException `invalid_body`
  static JsonNode read(String body) {
    try {
      var sent = YAML.readTree(body.isBlank() ? "{}" : body);
      if (sent.isObject()) {
        return sent;
      }
    } catch (JacksonException _) {
      // Told below, like a body that is no object. The parser's own message could repeat what was sent.
    }
    throw Problem.of(Problem.Code.INVALID_BODY, "the body must be an object, in JSON or YAML").asException();
  }

}
