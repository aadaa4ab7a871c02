package portrait.stages.exports;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// One export: which customers go where, with which columns.
///
/// @param connection empty while it is detached: then nothing is sent
/// @param segments whose members are sent; none for all customers
/// @param settings what the destination asks for, as written
/// @param isFull whether everybody is sent at each run, not only what changed
/// @param causes what makes a customer be sent again
/// @param occasions when it runs by itself, beside schedules of its own
/// @param alert the connection that is told of runs that fail or in which rows are refused
/// @param purpose what they must agree to who are sent; `none` for nothing, empty for what counts by default
public record ExportDefinition(String name, String title, Optional<String> connection, List<String> segments,
    List<Column> columns, JsonNode settings, boolean isFull, Set<Cause> causes, Set<Occasion> occasions,
    Optional<String> alert,
    Optional<String> purpose) {

  public ExportDefinition {
    segments = List.copyOf(segments);
    columns = List.copyOf(columns);
    causes = Set.copyOf(causes);
    occasions = Set.copyOf(occasions);
  }

  /// One column of a row.
  ///
  /// @param name as the other system calls it
  /// @param from an attribute, `measure.NAME`, `identity.NAMESPACE`, `customer_id`, `segments`, `first_seen`, `last_seen`
  public record Column(String name, String from) {}

  /// What makes a customer be sent again.
  public enum Cause {
    MEMBERSHIP, ATTRIBUTES, IDENTITY
  }

  /// What makes an export run by itself.
  public enum Occasion {
    /** A refresh that was scheduled has come to its end. */
    SCHEDULED_REFRESH("active", true),
    /** One of its segments was evaluated for everybody: by any refresh, or by a schedule of the segment. */
    EVALUATION("after_evaluation", false),
    /** Somebody came into one of its segments or left it: they are sent within seconds. */
    CHANGE("live", false);

    private final String member;
    private final boolean isUsual;

    Occasion(String member, boolean isUsual) {
      this.member = member;
      this.isUsual = isUsual;
    }

    /// The member of a definition that says yes or no to it.
    public String member() {
      return member;
    }

    boolean isIn(JsonNode spec) {
      return spec.path(member).asBoolean(isUsual);
    }
  }

  /// Whether who comes into a segment or leaves it is sent within seconds.
  public boolean isLive() {
    return occasions.contains(Occasion.CHANGE);
  }

  List<String> columnNames() {
    return columns.stream().map(Column::name).toList();
  }
}
