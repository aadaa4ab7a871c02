/// Match rules over whole tables: pairs and clusters, reported to the identity graph.
@NullMarked
package portrait.stages.unification;

import org.jspecify.annotations.NullMarked;
