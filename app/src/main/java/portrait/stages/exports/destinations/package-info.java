/// One place each that customers can be sent to: files in any place, Braze.
@NullMarked
package portrait.stages.exports.destinations;

import org.jspecify.annotations.NullMarked;
