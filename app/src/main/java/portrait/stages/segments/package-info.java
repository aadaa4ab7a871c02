/// Groups of customers by rule, evaluated for all at once or for one live.
@NullMarked
package portrait.stages.segments;

import org.jspecify.annotations.NullMarked;
