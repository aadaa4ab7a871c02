/// Records read from systems outside, only new ones where those can tell: databases over JDBC, topics of Kafka.
@NullMarked
package portrait.foundation.records;

import org.jspecify.annotations.NullMarked;
