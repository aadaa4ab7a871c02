package portrait.doors.rest;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import portrait.doors.http.Request;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Caller;
import portrait.foundation.security.LookUpLimits;
import portrait.stages.segments.Membership;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The part of a customer that the caller may see: all, unless the key is limited.
record Visible(Optional<LookUpLimits> limits) {

  /** What a limited key sees beside what it names: nothing by which two visits could be tied together. */
  private static final List<String> ALWAYS = List.of("kind", "known");

  static Visible to(Request request) {
    return new Visible(request.knownCaller().flatMap(Caller::limits));
  }

  /// @throws ProblemException `not_allowed` when the key may not look up by this namespace
  void check(String namespace) {
    limits.filter(some -> !some.namespaces().contains(namespace)).ifPresent(some -> {
      throw refusal("look up by " + namespace, "It may by " + String.join(", ", some.namespaces()) + ".");
    });
  }

  /// What is asked for beyond the limits is refused and not left out, whether it is there or not.
  ///
  /// @throws ProblemException `not_allowed`
  void check(Projection asked) {
    limits.ifPresent(some -> asked.members().forEach((member, names) -> {
      var allowed = divided(some).get(member);
      if (allowed == null && !ALWAYS.contains(member) && !member.equals("segments")) {
        throw refusal("see " + member, "");
      }
      names.stream().filter(name -> allowed != null && !allowed.contains(name)).findFirst().ifPresent(name -> {
        throw refusal("see %s.%s".formatted(member, name), "");
      });
    }));
  }

  ObjectNode of(ObjectNode portrait) {
    limits.ifPresent(some -> {
      divided(some).forEach((member, names) -> ((ObjectNode) portrait.get(member)).retain(names));
      var segments = StreamSupport.stream(portrait.get("segments").spliterator(), false).map(JsonNode::stringValue)
          .filter(some.segments()::contains).toList();
      portrait.retain(Set.of("kind", "known", "attributes", "measures"));
      var shown = portrait.putArray("segments");
      segments.forEach(shown::add);
    });
    return portrait;
  }

  List<Membership> of(List<Membership> memberships) {
    return limits.isEmpty() ? memberships
        : memberships.stream()
            .filter(membership -> limits.get().segments().contains(membership.name())).toList();
  }

  private static Map<String, Set<String>> divided(LookUpLimits limits) {
    return Map.of("attributes", Set.copyOf(limits.attributes()), "measures", Set.copyOf(limits.measures()));
  }

  private static ProblemException refusal(String what, String hint) {
    return Problem.of(Problem.Code.NOT_ALLOWED, "this key is limited, and may not " + what, hint).asException();
  }
}
