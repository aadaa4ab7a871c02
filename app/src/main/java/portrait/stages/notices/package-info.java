/// Messages to other systems about what happens here: kept before they are sent, tried again, never lost.
@NullMarked
package portrait.stages.notices;

import org.jspecify.annotations.NullMarked;
