/// What is kept no longer: unknown visitors who stay away, events that are too old, in both stores.
@NullMarked
package portrait.processes.retention;

import org.jspecify.annotations.NullMarked;
