/// Main, configuration and wiring: constructor calls only.
@NullMarked
package portrait.app;

import org.jspecify.annotations.NullMarked;
