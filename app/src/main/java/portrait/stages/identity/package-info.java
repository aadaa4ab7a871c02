/// The identity graph: which identities are one customer, and why.
@NullMarked
package portrait.stages.identity;

import org.jspecify.annotations.NullMarked;
