/// Calls to systems outside: short waits, bounded answers, no way into the network that Portrait stands in.
@NullMarked
package portrait.foundation.outside;

import org.jspecify.annotations.NullMarked;
