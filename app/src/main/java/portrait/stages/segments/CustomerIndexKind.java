package portrait.stages.segments;

import java.util.HashSet;
import portrait.foundation.definitions.Kind;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Permission;
import tools.jackson.databind.JsonNode;

/// Definitions of kind `CustomerIndex`.
final class CustomerIndexKind implements Kind<CustomerIndex> {

  @Override
  public String name() {
    return "CustomerIndex";
  }

  @Override
  public Permission permission() {
    return Permission.ADMINISTER;
  }

  @Override
  public CustomerIndex parse(String name, JsonNode spec) {
    if (!name.equals(CustomerIndex.NAME)) {
      throw Problem.of(Problem.Code.INVALID_DEFINITION,
          "CustomerIndex %s: the name must be '%s', because there is one list of customers".formatted(name,
              CustomerIndex.NAME))
          .asException();
    }
    var seen = new HashSet<String>();
    return new CustomerIndex(spec.path("filters").valueStream().map(filter -> {
      String attribute = filter.path("attribute").asString();
      if (!seen.add(attribute)) {
        throw Problem.of(Problem.Code.INVALID_DEFINITION,
            "CustomerIndex %s: filters names '%s' twice".formatted(name, attribute)).asException();
      }
      return new CustomerIndex.Filter(attribute, filter.path("values").asInt(CustomerIndex.VALUES_USUAL),
          filter.path("order").asString("count").equals("value"));
    }).toList());
  }
}
