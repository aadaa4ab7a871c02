/// The sample shop, generated to any size from a seed.
@NullMarked
package portrait.processes.demo;

import org.jspecify.annotations.NullMarked;
