/// Who is who, put right: changed namespaces tried and applied to the past, people kept apart by hand.
@NullMarked
package portrait.processes.repair;

import org.jspecify.annotations.NullMarked;
