/// Source definitions, files read into the warehouse, rows refused with a reason.
@NullMarked
package portrait.stages.sources;

import org.jspecify.annotations.NullMarked;
