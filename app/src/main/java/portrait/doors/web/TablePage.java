package portrait.doors.web;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import portrait.stages.sources.LoadFailure;

/// One source table: its first rows, the rows that were refused and why, a place to load a file.
///
/// @param more the offset of the next rows
public record TablePage(String fullName, String title, long rows, long refused, Optional<Instant> loadedAt,
    Optional<LoadFailure> failure,
    List<String> columns, List<List<String>> cells, Optional<Integer> more, List<String> refusedColumns,
    List<List<String>> refusedCells) {}
