package portrait.stages.engagement;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/// A message or a meeting as its metadata tells: who with whom, and when. What was said is not read.
///
/// @param id the same in every copy
/// @param thread what a message and the answers to it have in common
/// @param minutes how long a meeting takes; 0 for a message
/// @param from the address of the sender or organiser
/// @param to the addresses of everybody else
public record Encounter(Kind kind, String id, String thread, Instant at, long minutes, String from, List<String> to) {

  /// What it is.
  public enum Kind {
    MAIL, MEETING
  }

  public Encounter {
    from = address(from);
    to = to.stream().map(Encounter::address).distinct().toList();
  }

  /// An address as it is compared.
  static String address(String written) {
    return written.strip().toLowerCase(Locale.ROOT);
  }

  /// Addresses are personal data.
  @Override
  public String toString() {
    return kind.toString();
  }
}
