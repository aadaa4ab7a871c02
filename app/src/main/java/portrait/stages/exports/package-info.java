/// Customers sent to other systems: who was sent what and when, only what changed, nothing twice.
@NullMarked
package portrait.stages.exports;

import org.jspecify.annotations.NullMarked;
