/// Named, versioned YAML or JSON resources: apply, diff, history, JSON Schema.
@NullMarked
package portrait.foundation.definitions;

import org.jspecify.annotations.NullMarked;
