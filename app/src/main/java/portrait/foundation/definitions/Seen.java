package portrait.foundation.definitions;

/// Up to which change somebody had seen the definitions when they began an edit: what was changed later by others is not
/// overwritten without a word.
public record Seen(long revision) {

  /// Whoever does not say what they saw takes what comes.
  public static final Seen EVERYTHING = new Seen(Long.MAX_VALUE);

  /// Somebody looked at this version.
  public static Seen of(Definition definition) {
    return new Seen(definition.revision());
  }
}
