package portrait.stages.exports.destinations;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import portrait.stages.exports.destinations.Braze.Leaving;
import portrait.stages.exports.destinations.Braze.Shape;
import portrait.stages.exports.destinations.Braze.Target;
import portrait.stages.exports.destinations.Braze.Unknown;
import portrait.stages.exports.destinations.BrazeCalls.Result;
import portrait.stages.exports.destinations.Sent.Outcome;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Sends users to Braze, and reads who of them was taken.
final class BrazeSession implements Session {

  private static final String NOT_TOLD = "Braze refused it and did not say which";

  private final BrazeCalls calls;
  private final Target target;
  private final int rowsMax;

  BrazeSession(BrazeCalls calls, int rowsMax, Target target) {
    this.calls = calls;
    this.rowsMax = rowsMax;
    this.target = target;
  }

  @Override
  public int rowsMax() {
    return rowsMax;
  }

  @Override
  public boolean hearsOfLeaving() {
    return target.leaving() != Leaving.LEAVE_ALONE;
  }

  @Override
  public Sent send(List<OutRow> rows) throws InterruptedException {
    var body = JsonMapper.shared().createObjectNode();
    var attributes = body.putArray("attributes");
    rows.forEach(row -> attributes.add(user(row)));
    return switch (calls.track(body)) {
      case Result.Taken(JsonNode answer, Duration pause) -> new Sent.Answered(outcomes(rows.size(), answer), pause);
      case Result.Later(var later) -> later;
      case Result.TooMany _ -> halves(rows);
      case Result.AllRefused(JsonNode answer) -> new Sent.Answered(allRefused(rows.size(), answer), Duration.ZERO);
    };
  }

  /// The contract of this account takes less in a call than the setting says.
  private Sent halves(List<OutRow> rows) throws InterruptedException {
    if (rows.size() == 1) {
      return new Sent.Answered(List.of(new Outcome.Refused("Braze finds it too large")), Duration.ZERO);
    }
    int middle = rows.size() / 2;
    var first = send(rows.subList(0, middle));
    if (!(first instanceof Sent.Answered(var taken, var pause))) {
      return first;
    }
    // Should the second half have to wait, the first is sent again with it: the same values do no harm.
    return switch (send(rows.subList(middle, rows.size()))) {
      case Sent.Answered(var rest, var pauseAfter) -> {
        var all = new ArrayList<>(taken);
        all.addAll(rest);
        yield new Sent.Answered(all, pause.compareTo(pauseAfter) > 0 ? pause : pauseAfter);
      }
      case Sent.TryLater later -> later;
    };
  }

  private ObjectNode user(OutRow row) {
    var user = JsonMapper.shared().createObjectNode();
    boolean isById = row.key().startsWith("x:");
    user.put(isById ? "external_id" : "email", row.key().substring(2));
    if (target.unknown() == Unknown.SKIP || row.change() == OutRow.Change.LEFT) {
      // Nobody is made only to be told that they left.
      user.put("_update_existing_only", true);
    }
    if (row.change() == OutRow.Change.LEFT) {
      user.set(target.attribute(), left());
      target.segmentNames().ifPresent(user::putArray);
      return user;
    }
    row.values().forEach((column, value) -> {
      boolean isChosen = !column.equals("external_id") && !column.equals("email");
      boolean isMail = column.equals("email") && isById && value != null;
      if ((isChosen || isMail) && row.changed().contains(column)) {
        user.set(column, Values.json(value));
      }
    });
    if (target.shape() == Shape.FLAG) {
      user.put(target.attribute(), true);
    } else {
      user.put(target.attribute(), target.segmentId());
    }
    target.segmentNames().ifPresent(name -> row.segments().forEach(user.putArray(name)::add));
    return user;
  }

  /// In the shape of the sample there is no false: the identifier is taken away.
  private JsonNode left() {
    var nodes = tools.jackson.databind.node.JsonNodeFactory.instance;
    return target.leaving() == Leaving.NULL || target.shape() == Shape.SAMPLE ? nodes.nullNode()
        : nodes.booleanNode(false);
  }

  /// Entries of `errors` name users by their place. One that names none is held against as many as were not counted.
  private static List<Outcome> outcomes(int rows, JsonNode answer) {
    @Nullable
    String[] reasons = new String[rows];
    int unplaced = 0;
    for (var error : answer.path("errors")) {
      int index = error.path("index").asInt(-1);
      if (error.isObject() && index >= 0 && index < rows
          && error.path("input_array").asString("attributes").equals("attributes")) {
        reasons[index] = error.path("type").asString(NOT_TOLD);
      } else {
        unplaced++;
      }
    }
    int counted = answer.path("attributes_processed").asInt(-1);
    if (unplaced > 0 && counted >= 0 && counted < rows) {
      // Nobody knows who: none of the others is said to be there.
      for (int i = 0; i < rows; i++) {
        reasons[i] = reasons[i] == null ? NOT_TOLD : reasons[i];
      }
    }
    return outcomes(reasons);
  }

  private static List<Outcome> allRefused(int rows, JsonNode answer) {
    @Nullable
    String[] reasons = new String[rows];
    for (int i = 0; i < rows; i++) {
      reasons[i] = answer.path("message").asString(NOT_TOLD);
    }
    for (var error : answer.path("errors")) {
      int index = error.path("index").asInt(-1);
      if (index >= 0 && index < rows) {
        reasons[index] = error.path("type").asString(NOT_TOLD);
      }
    }
    return outcomes(reasons);
  }

  private static List<Outcome> outcomes(@Nullable String[] reasons) {
    var outcomes = new ArrayList<Outcome>();
    for (String reason : reasons) {
      outcomes.add(Optional.ofNullable(reason).<Outcome>map(Outcome.Refused::new).orElseGet(Outcome.Delivered::new));
    }
    return outcomes;
  }

  @Override
  public long calls() {
    return calls.calls();
  }

  @Override
  public void close() {
    calls.close();
  }
}
