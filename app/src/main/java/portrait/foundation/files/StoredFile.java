package portrait.foundation.files;

import java.time.Instant;

/// A file as its store knows it.
///
/// @param name below the place's folder
/// @param version changes with the content: what the store calls ETag or generation, else size and time
public record StoredFile(String name, long bytes, Instant modifiedAt, String version) {}
