/// Scores pairs of records and groups them: weights learned without labels, blocking, clusters.
///
/// [MatchEngine] takes a query of records and a [ProbabilisticRule], and leaves tables behind ([MatchTask] names them). It
/// decides which pairs are the same person for sure enough; which customers follow from those links, and from all others,
/// is the identity graph's to say.
@NullMarked
package portrait.stages.matching;

import org.jspecify.annotations.NullMarked;
