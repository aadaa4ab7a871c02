/// Connections to places files lie in: the settings of each, and the store behind them.
@NullMarked
package portrait.foundation.places;

import org.jspecify.annotations.NullMarked;
