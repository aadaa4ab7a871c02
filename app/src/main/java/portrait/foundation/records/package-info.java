/// Records read from systems outside, only new ones where those can tell: databases over JDBC.
@NullMarked
package portrait.foundation.records;

import org.jspecify.annotations.NullMarked;
