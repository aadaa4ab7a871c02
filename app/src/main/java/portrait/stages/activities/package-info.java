/// Source rows and events mapped to one timeline.
@NullMarked
package portrait.stages.activities;

import org.jspecify.annotations.NullMarked;
