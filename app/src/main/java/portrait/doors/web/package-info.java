/// Server-rendered pages.
@NullMarked
package portrait.doors.web;

import org.jspecify.annotations.NullMarked;
