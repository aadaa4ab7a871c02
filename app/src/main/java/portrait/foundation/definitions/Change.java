package portrait.foundation.definitions;

/// What applying does, or did, to one definition.
///
/// @param version the version that is in force afterwards; of a deletion, the version that records it
public record Change(String kind, String name, Action action, int version) {

  /// Whether the definition is new, differs, stays as it is, or goes.
  public enum Action {
    CREATED, CHANGED, UNCHANGED, DELETED
  }
}
