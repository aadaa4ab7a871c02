package portrait.doors.http;

/// How often callers may ask, each a number a second with 0 for no bound.
///
/// @param lookUps from one address with one limited key
/// @param perKey with one key
/// @param perAddress from one address
public record RateLimits(int lookUps, int perKey, int perAddress) {

  /// Enough for the visitors of one office behind one address; nothing else is bounded.
  public static final RateLimits STANDARD = new RateLimits(50, 0, 0);
}
