/// Nouns used by two or more capabilities: CustomerId, Identity, Schema, Secret, Problem.
@NullMarked
package portrait.foundation.model;

import org.jspecify.annotations.NullMarked;
