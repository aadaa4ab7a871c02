package portrait.foundation.jobs;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Problem;

/// One task of a job at one moment.
///
/// @param rowsExpected 0 while unknown
/// @param note what the task last said about itself; may be empty
/// @param problem why it failed
public record TaskState(String name, String title, Status status, long rowsDone, long rowsExpected,
    @Nullable Instant startedAt, @Nullable Instant endedAt, String note, @Nullable Problem problem) {}
