package portrait.foundation.definitions;

import java.time.Instant;
import tools.jackson.databind.JsonNode;

/// One named resource as it is in force, or as it was at an earlier version.
///
/// @param kind for example `Segment`
/// @param name unique within its kind
/// @param spec what it says; a JSON null in the history where the definition was deleted
/// @param version counted from 1, goes up with every change, deletions included
/// @param appliedBy who applied this version
public record Definition(String kind, String name, JsonNode spec, int version, Instant appliedAt, String appliedBy) {}
