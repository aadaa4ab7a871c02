/// What there is, counted: customers, identities, segments and events, now and day by day.
@NullMarked
package portrait.processes.dashboard;

import org.jspecify.annotations.NullMarked;
