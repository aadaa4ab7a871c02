package portrait.processes.dashboard;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;

/// What there was when it was counted.
///
/// @param known customers with an identity of a person namespace
/// @param segments how many segments there are
/// @param sizes of the largest segments, the largest first
/// @param tables what the tables of the last refresh say; nothing before the first
public record Figures(Instant countedAt, long known, long unknown, int segments, List<Size> sizes, Tables tables) {

  public Figures {
    sizes = List.copyOf(sizes);
  }

  /// How many customers there were.
  public long customers() {
    return known + unknown;
  }

  /// The members of a segment.
  ///
  /// @param change how many more they are than a week before
  public record Size(String name, String title, long members, long change) {}

  /// Counts over whole tables.
  ///
  /// @param customers in the table of customers; everything here is about them
  /// @param added of those, who were seen first within the last thirty days
  /// @param unsegmented are in no segment
  /// @param single have identities of one namespace only
  /// @param sources who knows how many, the most first
  /// @param namespaces the ones with most customers first
  /// @param overlaps pairs of namespaces that customers have both of, the most first
  /// @param days how many there were at the end of each day, by when they were seen first; the oldest first
  /// @param events of each of the last thirty days that there are events of, the oldest first
  public record Tables(long customers, long added, long unsegmented, long single, List<Source> sources,
      List<Held> namespaces, List<Shared> overlaps, List<Standing> days, List<Happened> events) {

    static final Tables NONE = new Tables(0, 0, 0, 0, List.of(), List.of(), List.of(), List.of(), List.of());

    public Tables {
      sources = List.copyOf(sources);
      namespaces = List.copyOf(namespaces);
      overlaps = List.copyOf(overlaps);
      days = List.copyOf(days);
      events = List.copyOf(events);
    }
  }

  /// @param name a source table, or `live` for what applications send
  /// @param customers of whom it says something
  /// @param added of those, who were seen first within the last thirty days
  public record Source(String name, long customers, long added) {}

  /// @param identities values of this namespace
  /// @param customers who have one or more
  public record Held(String namespace, long identities, long customers) {}

  /// @param customers who have an identity of both namespaces
  public record Shared(String one, String other, long customers) {}

  /// How many customers there were at the end of a day.
  public record Standing(LocalDate day, long known, long unknown) {}

  public record Happened(LocalDate day, long events) {}
}
