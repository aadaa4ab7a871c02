/// The whole-table run as a task graph: read this to understand the product.
@NullMarked
package portrait.processes.refresh;

import org.jspecify.annotations.NullMarked;
