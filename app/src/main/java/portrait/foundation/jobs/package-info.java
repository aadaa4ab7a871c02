/// Task graph with progress, cancel and history.
@NullMarked
package portrait.foundation.jobs;

import org.jspecify.annotations.NullMarked;
