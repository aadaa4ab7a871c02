/// Analytical tables and parameterised SQL for whole-table work, on DuckDB.
@NullMarked
package portrait.foundation.warehouse;

import org.jspecify.annotations.NullMarked;
