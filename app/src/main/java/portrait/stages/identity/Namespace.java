package portrait.stages.identity;

import java.util.Set;

/// What a kind of identity means for the graph.
///
/// @param name as in [portrait.foundation.model.Identity#namespace]
/// @param priority of the identities of one fact, the one of highest priority anchors it
/// @param type what it names; only an identity of type `PERSON` makes a customer known
/// @param unique whether two of its values can never be one customer
/// @param valuesMax most values one customer can hold; the links of the values seen longest ago give way
/// @param junk values that name nobody, in lower case
public record Namespace(String name, String title, int priority, Type type, boolean unique, int valuesMax,
    Set<String> junk) {

  public Namespace {
    junk = Set.copyOf(junk);
  }

  /// What an identity names.
  public enum Type {
    PERSON, DEVICE, COOKIE
  }

  /// How many values one customer can hold.
  int limit() {
    return unique ? 1 : valuesMax;
  }
}
