package portrait.foundation.warehouse;

import org.jspecify.annotations.Nullable;

/// A function of one text that SQL calls. Many threads of the engine call it at once.
@FunctionalInterface
public interface TextFunction {

  /// The answer to a text that is there; null when there is none.
  @Nullable
  String of(String text);
}
