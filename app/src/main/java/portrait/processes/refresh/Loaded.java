package portrait.processes.refresh;

import portrait.stages.sources.LoadResult;

/// What became of files that were loaded into a source table.
///
/// @param takenIn rows that are in profiles and matched already; the others wait for the next refresh
public record Loaded(LoadResult result, int takenIn) {}
