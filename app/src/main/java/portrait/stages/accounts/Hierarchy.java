package portrait.stages.accounts;

import java.util.List;

/// Where an account stands among others.
///
/// @param above the accounts it belongs to, the topmost first, the one right above last
/// @param below the accounts right below it, by name; the first thousand
/// @param accounts how many there are in all: itself and everything below
/// @param contacts how many rows of people name one of these
public record Hierarchy(List<Account> above, List<Account> below, long accounts, long contacts) {

  public Hierarchy {
    above = List.copyOf(above);
    below = List.copyOf(below);
  }

  /// Whether it stands alone.
  public boolean isEmpty() {
    return above.isEmpty() && below.isEmpty();
  }
}
