/// People, keys, roles, permissions, the current Caller, the audit trail.
@NullMarked
package portrait.foundation.security;

import org.jspecify.annotations.NullMarked;
