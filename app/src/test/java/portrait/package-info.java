/// Tests of the whole house: its architecture and its tidiness.
@NullMarked
package portrait;

import org.jspecify.annotations.NullMarked;
