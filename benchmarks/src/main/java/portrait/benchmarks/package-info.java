/// Benchmarks: each prints ratios measured in one run against a raw limit or a peer, one JSON line per figure.
@NullMarked
package portrait.benchmarks;

import org.jspecify.annotations.NullMarked;
