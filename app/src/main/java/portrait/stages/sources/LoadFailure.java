package portrait.stages.sources;

import java.time.Instant;
import portrait.foundation.model.Problem;

/// Why a source table could not be loaded last.
public record LoadFailure(Instant at, Problem problem) {}
