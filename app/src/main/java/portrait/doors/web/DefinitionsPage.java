package portrait.doors.web;

import java.time.Instant;
import java.util.List;

/// Everything that is defined, by kind, and a place to apply more.
///
/// @param draft what the person wrote and could not be applied; never lost
public record DefinitionsPage(List<Kind> kinds, String draft) {

  public record Kind(String name, List<Entry> entries) {}

  public record Entry(String name, String title, int version, Instant appliedAt, String appliedBy) {}
}
