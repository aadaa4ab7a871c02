/// One file format each: CSV, JSON Lines, Parquet.
@NullMarked
package portrait.stages.sources.readers;

import org.jspecify.annotations.NullMarked;
