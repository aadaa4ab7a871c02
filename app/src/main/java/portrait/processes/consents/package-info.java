/// What people agree to, purpose by purpose: asked, written down, counted.
@NullMarked
package portrait.processes.consents;

import org.jspecify.annotations.NullMarked;
