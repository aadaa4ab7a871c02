/// Merge policies: which value wins when sources disagree.
///
/// A policy is defined here once and carried out twice: in Java for one customer (`profiles`) and in SQL for all of them
/// (`unification`). A differential test holds the two together.
@NullMarked
package portrait.stages.policies;

import org.jspecify.annotations.NullMarked;
