/// How much there is between accounts and the organisation: mail and meetings, counted by metadata alone.
@NullMarked
package portrait.stages.engagement;

import org.jspecify.annotations.NullMarked;
