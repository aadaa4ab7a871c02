/// Event collection, compatible with the public Segment SDKs.
@NullMarked
package portrait.doors.collect;

import org.jspecify.annotations.NullMarked;
