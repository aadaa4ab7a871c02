/// Everything a home knows in one file, taken while it serves, and put back into an empty home.
@NullMarked
package portrait.processes.backup;

import org.jspecify.annotations.NullMarked;
