/// One portrait per customer: fragments merged under a policy, published, looked up.
@NullMarked
package portrait.stages.profiles;

import org.jspecify.annotations.NullMarked;
