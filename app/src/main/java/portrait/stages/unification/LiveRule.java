package portrait.stages.unification;

/// Whether a match rule counts between two refreshes, too.
///
/// @param skipped how often its key was shared by too many records since the start, so that the refresh decides
public record LiveRule(String name, Standing standing, long skipped) {

  /// Why, or why not.
  public enum Standing {
    /** New and changed records are matched by it at once. */
    LIVE,
    /** The definition says no. */
    SWITCHED_OFF,
    /** It is not active. */
    INACTIVE,
    /** Nothing in it must be the same, so too many records would have to be looked at. */
    NO_EXACT_CONDITION,
    /** A rule that comes first for the same two tables waits for the refresh. */
    EARLIER_RULE_WAITS,
    /** Its weights are learned from all records at once. */
    PROBABILISTIC,
    /** The next refresh makes its keys. */
    NOT_READY
  }
}
