/// Task graph with progress, cancel and history.
///
/// A [TaskGraph] is started under a name and becomes a [Job]. Each task runs on a virtual thread, tells its [Progress],
/// and is atomic: what it has not finished, it has not done. Starts and ends are written to the tables `job` and
/// `job_task`; progress in between is kept in memory and told to watchers.
@NullMarked
package portrait.foundation.jobs;

import org.jspecify.annotations.NullMarked;
