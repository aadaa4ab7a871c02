package portrait.doors.web;

import java.util.List;
import portrait.processes.privacy.Holding;

/// What is known about one person, place by place: what an erasure would delete, and what would stay.
public record Holdings(List<Holding> all) {

  /** Both stand before the name of a table. */
  private static final List<String> ROWS = List.of("rows", "refused rows");

  public Holdings {
    all = List.copyOf(all);
  }

  /// Those places that hold anything.
  public List<Holding> there() {
    return all.stream().filter(holding -> holding.count() > 0).toList();
  }

  /// How much an erasure deletes.
  public long going() {
    return all.stream().filter(holding -> !holding.isKept()).mapToLong(Holding::count).sum();
  }

  /// In how many places something is deleted.
  public long places() {
    return all.stream().filter(holding -> !holding.isKept() && holding.count() > 0).count();
  }

  /// What a place holds, in the words of the reader.
  public String what(Holding holding, Messages text) {
    String what = holding.what();
    for (String rows : ROWS) {
      if (what.startsWith(rows + " of ")) {
        return text.of("privacy.what." + key(rows), what.substring(rows.length() + 4));
      }
    }
    return text.orElse("privacy.what." + key(what), what);
  }

  /// Where something lies, in the words of the reader.
  public String place(Holding holding, Messages text) {
    return text.orElse("privacy.place." + key(holding.place()), holding.place());
  }

  private static String key(String words) {
    return words.replaceAll("[^a-z]+", "_");
  }
}
