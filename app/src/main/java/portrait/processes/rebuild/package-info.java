/// Everything derived, computed anew from the facts, compared with what is published, and mended.
@NullMarked
package portrait.processes.rebuild;

import org.jspecify.annotations.NullMarked;
