package portrait.stages.identity;

import java.util.LinkedHashSet;
import java.util.Locale;
import portrait.foundation.definitions.Kind;
import portrait.foundation.model.Problem;
import tools.jackson.databind.JsonNode;

/// Definitions of kind `Namespace`. What a definition leaves out is as it is built in.
final class NamespaceKind implements Kind<Namespace> {

  @Override
  public String name() {
    return "Namespace";
  }

  @Override
  public Namespace parse(String name, JsonNode spec) {
    String namespace = spec.path("namespace").asString(name);
    if (namespace.equals(IdentityGraph.CUSTOMER)) {
      throw Problem.of(Problem.Code.INVALID_DEFINITION,
          "Namespace %s: namespace was 'customer' but must be another: its values are CustomerIds".formatted(name),
          "Call it crm_id, for example.").asException();
    }
    Namespace builtIn = Namespaces.builtIn(namespace);
    Namespace.Type type = Namespace.Type
        .valueOf(spec.path("type").asString(builtIn.type().name()).toUpperCase(Locale.ROOT));
    boolean unique = spec.path("unique").asBoolean(builtIn.unique());
    if (unique && type != Namespace.Type.PERSON) {
      throw Problem.of(Problem.Code.INVALID_DEFINITION,
          "Namespace %s: unique was 'true' but must be 'false' for type %s".formatted(name,
              type.name().toLowerCase(Locale.ROOT)),
          "People share and replace browsers and devices; cap them with values_max instead.").asException();
    }
    var junk = new LinkedHashSet<>(builtIn.junk());
    spec.path("junk").forEach(value -> junk.add(value.asString().strip().toLowerCase(Locale.ROOT)));
    return new Namespace(namespace, spec.path("title").asString(builtIn.title()),
        spec.path("priority").asInt(builtIn.priority()), type, unique,
        spec.path("values_max").asInt(builtIn.valuesMax()), junk);
  }
}
