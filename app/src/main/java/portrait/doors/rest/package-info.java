/// The JSON API: look-up and management.
@NullMarked
package portrait.doors.rest;

import org.jspecify.annotations.NullMarked;
