/// What is known about one person, wherever it lies: found, handed out, erased for good and kept from coming back.
@NullMarked
package portrait.processes.privacy;

import org.jspecify.annotations.NullMarked;
