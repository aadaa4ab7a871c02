/// Consent by purpose: what somebody said, read the same from every source, and what it means that they said nothing.
@NullMarked
package portrait.stages.consent;

import org.jspecify.annotations.NullMarked;
