/// What a connector is: settings as annotated records, forms made from them, the vault of secrets, saved connections.
@NullMarked
package portrait.foundation.connections;

import org.jspecify.annotations.NullMarked;
