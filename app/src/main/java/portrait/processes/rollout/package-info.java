/// New and changed measures and segments, applied to everybody as soon as they are saved.
///
/// A definition counts for each event from the moment it is saved. For everybody else a job looks at all customers on
/// snapshots of the profile store, and publishes those whose measures or memberships are not what the definitions say:
/// the live evaluator decides, the warehouse only says whom to look at first. What is saved while nobody looked is
/// applied together.
@NullMarked
package portrait.processes.rollout;

import org.jspecify.annotations.NullMarked;
