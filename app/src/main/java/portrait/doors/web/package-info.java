/// Server-rendered pages.
///
/// Each page is one record that holds what it shows, already looked up, and one template of the same name in
/// `src/main/jte`. [Web] answers the requests; [Shell] is what surrounds every page. Words stand in
/// `messages.properties`, never in code. Pages read well without script; htmx adds searching as you type and progress.
@NullMarked
package portrait.doors.web;

import org.jspecify.annotations.NullMarked;
