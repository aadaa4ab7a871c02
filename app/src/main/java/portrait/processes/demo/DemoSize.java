package portrait.processes.demo;

import portrait.foundation.model.Problem;

/// How big the sample shop is.
///
/// @param people visitors nobody knows included; the twenty or so written by hand are always there
/// @param events what people did in the shop's app and on its site
/// @param seed the same seed makes the same people
public record DemoSize(int people, int events, long seed) {

  /// Big enough that pages look alive, small enough to be there in under a minute.
  public static final DemoSize STANDARD = new DemoSize(5_000, 60_000, 7);

  public DemoSize {
    if (people < 0 || events < 0) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER,
          "people was %d and events was %d but neither must be negative".formatted(people, events)).asException();
    }
  }
}
