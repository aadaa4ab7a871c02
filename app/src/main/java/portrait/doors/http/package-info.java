/// The web server: sign-in, keys, limits, problems as answers, health and metrics.
@NullMarked
package portrait.doors.http;

import org.jspecify.annotations.NullMarked;
