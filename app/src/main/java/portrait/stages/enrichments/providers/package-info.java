/// One place each that knows more about customers: Leadspace, any API over HTTP, a table of one's own.
@NullMarked
package portrait.stages.enrichments.providers;

import org.jspecify.annotations.NullMarked;
