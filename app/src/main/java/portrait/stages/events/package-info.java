/// What people did: validate, drop repeats, append durably, read back.
@NullMarked
package portrait.stages.events;

import org.jspecify.annotations.NullMarked;
