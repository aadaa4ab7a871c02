package portrait.foundation.warehouse;

/// A number about two texts that SQL asks for. Many threads of the engine ask at once.
@FunctionalInterface
public interface TextComparison {

  /// The answer about two texts that are there.
  ///
  /// @param floor an answer below it may be given as 0: nobody looks at it
  double of(String one, String other, double floor);
}
