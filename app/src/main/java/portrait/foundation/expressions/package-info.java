/// One condition-and-formula tree: parse, check, compile to SQL, evaluate live.
@NullMarked
package portrait.foundation.expressions;

import org.jspecify.annotations.NullMarked;
