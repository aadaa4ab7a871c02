package portrait.doors.web;

import java.time.Instant;
import java.util.List;

/// Everything that is defined, by kind, and a place to apply more.
///
/// @param draft what the person wrote and could not be applied; never lost
/// @param mistakes why it could not be applied, one by one
/// @param back where to go once it is applied
public record DefinitionsPage(List<Kind> kinds, String draft, List<String> mistakes, String back) {

  public record Kind(String name, List<Entry> entries) {}

  public record Entry(String name, String title, int version, Instant appliedAt, String appliedBy) {}
}
