package portrait.processes.backup;

import java.time.Instant;

/// What a backup says about itself.
///
/// @param takenAt the moment that both stores were copied at
/// @param release which Portrait made it
/// @param rows of the profile store
/// @param warehouseBytes size of the warehouse
public record Contents(Instant takenAt, String release, long rows, long warehouseBytes) {}
