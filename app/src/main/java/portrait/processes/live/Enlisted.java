package portrait.processes.live;

/// What became of identities that were named.
///
/// @param changed customers who came in, or left
/// @param unchanged those who were in, or out, already
/// @param unknown identities that no customer has
public record Enlisted(long changed, long unchanged, long unknown) {

  Enlisted and(Enlisted other) {
    return new Enlisted(changed + other.changed, unchanged + other.unchanged, unknown + other.unknown);
  }
}
