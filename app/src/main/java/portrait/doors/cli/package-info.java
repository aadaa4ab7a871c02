/// The portrait command and its subcommands.
@NullMarked
package portrait.doors.cli;

import org.jspecify.annotations.NullMarked;
