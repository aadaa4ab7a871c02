/// Tables written as a set of files: format, names, compression, rows per file, and last a manifest that says what is whole.
@NullMarked
package portrait.foundation.filesets;

import org.jspecify.annotations.NullMarked;
