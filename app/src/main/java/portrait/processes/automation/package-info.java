/// Other systems are told when something happens: a source that fails, a segment that grows, a refresh that ends.
///
/// [Triggers#tick] looks every few seconds at what the stages have recorded, so that nothing is missed while Portrait is
/// down and no stage knows who listens.
@NullMarked
package portrait.processes.automation;

import org.jspecify.annotations.NullMarked;
