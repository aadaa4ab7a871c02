/// Numbers about each customer, computed for all at once or for one live.
@NullMarked
package portrait.stages.measures;

import org.jspecify.annotations.NullMarked;
