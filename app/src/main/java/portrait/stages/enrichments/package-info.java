/// What others know about customers, asked for and added: who was asked about whom, what came back, only what changed.
@NullMarked
package portrait.stages.enrichments;

import org.jspecify.annotations.NullMarked;
