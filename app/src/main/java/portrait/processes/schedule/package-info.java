/// What runs by itself at set times: a refresh, or items such as measures and segments.
///
/// [Schedules#tick] looks every few seconds which planned moments have come and were not dealt with. Items that are due
/// together are one job with a task for each, in the order in which they build on each other; what a refresh does anyway
/// is left to a refresh that is due as well. A kind of item joins by an [ItemWork] of its own.
@NullMarked
package portrait.processes.schedule;

import org.jspecify.annotations.NullMarked;
