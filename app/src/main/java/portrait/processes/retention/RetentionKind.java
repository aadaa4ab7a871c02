package portrait.processes.retention;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.expressions.Span;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Permission;
import tools.jackson.databind.JsonNode;

/// Definitions of kind `Retention`.
final class RetentionKind implements Kind<RetentionRule> {

  private static final long DAY_SECONDS = 86_400;

  @Override
  public String name() {
    return "Retention";
  }

  @Override
  public Permission permission() {
    return Permission.ADMINISTER;
  }

  @Override
  public RetentionRule parse(String name, JsonNode spec) {
    var visitors = spec.path("unknown_profiles");
    var events = spec.path("events");
    if (visitors.isMissingNode() && events.isMissingNode()) {
      throw wrong(name, "it says neither unknown_profiles nor events but must say one of them",
          "For example `unknown_profiles: { idle: 30d }`.").asException();
    }
    return new RetentionRule(name, spec.path("title").asString(name),
        visitors.isMissingNode() ? Optional.empty()
            : Optional.of(new RetentionRule.Visitors(
                span(name, "unknown_profiles.idle", visitors.path("idle").asString()), texts(visitors, "namespaces"))),
        events.isMissingNode() ? Optional.empty()
            : Optional.of(new RetentionRule.Events(
                span(name, "events.older_than", events.path("older_than").asString()), texts(events, "sources"),
                texts(events, "names"), texts(events, "namespaces"))),
        spec.path("even_if_used").asBoolean(false));
  }

  private static Span span(String name, String path, String text) {
    return Span.of(text).filter(span -> span.secondsMax() >= DAY_SECONDS).orElseThrow(() -> wrong(name,
        "%s was '%s' but must be one day or more, such as 30d".formatted(path, text), "").asException());
  }

  private static Set<String> texts(JsonNode parent, String member) {
    var texts = new HashSet<String>();
    parent.path(member).forEach(text -> texts.add(text.asString()));
    return texts;
  }

  /// Deleting what a segment or measure looks at changes its answer: somebody must want that.
  @Override
  public List<Problem> check(RetentionRule rule, Definitions others) {
    if (rule.evenIfUsed()) {
      return List.of();
    }
    var problems = new ArrayList<Problem>();
    var users = Windows.beyond(rule, others);
    if (!users.isEmpty()) {
      problems.add(wrong(rule.name(), "it deletes what is still looked at by " + String.join(", ", users),
          "Keep it longer, or say `even_if_used: true`: then those answers change."));
    }
    return problems;
  }

  private static Problem wrong(String name, String what, String hint) {
    return Problem.of(Problem.Code.INVALID_DEFINITION, "Retention %s: %s".formatted(name, what), hint);
  }
}
