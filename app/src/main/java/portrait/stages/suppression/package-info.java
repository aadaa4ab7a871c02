/// Identities that must not come back, as salted hashes: looked for in rows, messages and events on their way in.
@NullMarked
package portrait.stages.suppression;

import org.jspecify.annotations.NullMarked;
