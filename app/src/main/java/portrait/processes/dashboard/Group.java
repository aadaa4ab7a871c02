package portrait.processes.dashboard;

import java.util.Optional;

/// The people behind a number of the dashboard.
public sealed interface Group {

  /// Who was seen first within the last thirty days.
  record Added() implements Group {}

  /// Who is in no segment.
  record Unsegmented() implements Group {}

  /// Who has identities of one namespace only.
  record Single() implements Group {}

  /// Of whom a source says something.
  record OfSource(String source) implements Group {}

  /// Who has an identity of a namespace.
  record Holding(String namespace) implements Group {}

  /// Who has identities of both namespaces.
  record HoldingBoth(String one, String other) implements Group {}

  /// As it is written in addresses: `unsegmented`, `source:shop.contacts`, `identities:email+phone`.
  default String text() {
    return switch (this) {
      case Added() -> "added";
      case Unsegmented() -> "unsegmented";
      case Single() -> "single";
      case OfSource(String source) -> "source:" + source;
      case Holding(String namespace) -> "identities:" + namespace;
      case HoldingBoth(String one, String other) -> "identities:" + one + "+" + other;
    };
  }

  /// Empty for anything that is not a group.
  static Optional<Group> of(String text) {
    int colon = text.indexOf(':');
    String kind = colon < 0 ? text : text.substring(0, colon);
    String name = text.substring(colon + 1);
    int plus = name.indexOf('+');
    return switch (kind) {
      case "added" -> Optional.of(new Added());
      case "unsegmented" -> Optional.of(new Unsegmented());
      case "single" -> Optional.of(new Single());
      case "source" -> Optional.of(new OfSource(name));
      case "identities" -> Optional.of(plus < 0 ? new Holding(name)
          : new HoldingBoth(name.substring(0, plus), name.substring(plus + 1)));
      default -> Optional.empty();
    };
  }
}
