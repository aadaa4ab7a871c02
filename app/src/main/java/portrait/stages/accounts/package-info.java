/// Companies, unified like people: stable ids, merged attributes, the contacts who belong to them.
@NullMarked
package portrait.stages.accounts;

import org.jspecify.annotations.NullMarked;
