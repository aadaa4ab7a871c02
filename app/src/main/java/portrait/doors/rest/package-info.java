/// The JSON API: look-up and management.
///
/// One file for each group of routes; [Shapes] holds what answers look like. `openapi.yaml` beside the resources
/// describes every route, and a test compares the two.
@NullMarked
package portrait.doors.rest;

import org.jspecify.annotations.NullMarked;
