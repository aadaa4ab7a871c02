package portrait.processes.backup;

import java.time.Instant;

/// A backup that lies in the home.
///
/// @param name of its file
public record Backup(String name, long bytes, Instant madeAt) {}
