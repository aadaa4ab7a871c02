/// From a received event to a changed profile, in one durable transaction.
@NullMarked
package portrait.processes.live;

import org.jspecify.annotations.NullMarked;
