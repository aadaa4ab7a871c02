package portrait.stages.exports.destinations;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import portrait.stages.exports.destinations.HubSpotCalls.Result;
import portrait.stages.exports.destinations.OutRow.Change;
import portrait.stages.exports.destinations.Sent.Outcome;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Brings contacts and the list up to date, a hundred at a time: contacts by their address first, then who is in the list by
/// the ids that HubSpot gave them. Doing it again changes nothing.
final class HubSpotSession implements Session {

  static final String EMAIL = "email";

  /// As many as HubSpot takes in one call.
  private static final int ROWS_MAX = 100;
  private static final String CONTACTS = "/crm/v3/objects/contacts/batch/";

  private final HubSpotCalls calls;
  private final String list;

  HubSpotSession(HubSpotCalls calls, String list) {
    this.calls = calls;
    this.list = list;
  }

  @Override
  public int rowsMax() {
    return ROWS_MAX;
  }

  @Override
  public boolean hearsOfLeaving() {
    return true;
  }

  @Override
  public Sent send(List<OutRow> rows) throws InterruptedException {
    var work = new Batch();
    var members = rows.stream().filter(row -> row.change() != Change.LEFT).toList();
    var former = rows.stream().filter(row -> row.change() == Change.LEFT).toList();
    var late = work.upsert(members);
    if (late.isEmpty() && !former.isEmpty()) {
      late = work.find(former);
    }
    if (late.isEmpty()) {
      late = work.list(members, former);
    }
    return late.<Sent>map(later -> later).orElseGet(() -> new Sent.Answered(rows.stream()
        .map(row -> Optional.ofNullable(work.reasons.get(row.key())).<Outcome>map(Outcome.Refused::new)
            .orElseGet(Outcome.Delivered::new))
        .toList(), Duration.ZERO));
  }

  /// What is known about the rows of one batch, by key.
  private final class Batch {

    private final Map<String, String> ids = new HashMap<>();
    private final Map<String, String> reasons = new HashMap<>();

    Optional<Sent.TryLater> upsert(List<OutRow> rows) throws InterruptedException {
      if (rows.isEmpty()) {
        return Optional.empty();
      }
      var body = JsonMapper.shared().createObjectNode();
      var inputs = body.putArray("inputs");
      for (int place = 0; place < rows.size(); place++) {
        inputs.addObject().put("id", rows.get(place).key()).put("idProperty", EMAIL)
            .put("objectWriteTraceId", String.valueOf(place)).set("properties", properties(rows.get(place)));
      }
      return switch (calls.post(CONTACTS + "upsert", body)) {
        case Result.Taken(_, var answer) -> {
          answer.path("results").forEach(result -> place(result.path("objectWriteTraceId").asString(""), rows.size())
              .ifPresent(place -> ids.put(rows.get(place).key(), result.path("id").asString(""))));
          String reason = HubSpotCalls.reason(answer.path("errors").path(0));
          rows.stream().filter(row -> !ids.containsKey(row.key())).forEach(row -> reasons.put(row.key(), reason));
          yield Optional.empty();
        }
        case Result.Refused(String reason) -> {
          if (rows.size() == 1) {
            reasons.put(rows.getFirst().key(), reason);
            yield Optional.empty();
          }
          // One wrong row spoils its call: it is found by halves.
          int middle = rows.size() / 2;
          var late = upsert(rows.subList(0, middle));
          yield late.isPresent() ? late : upsert(rows.subList(middle, rows.size()));
        }
        case Result.Later(var later) -> Optional.of(later);
      };
    }

    private static Optional<Integer> place(String written, int rows) {
      return written.matches("[0-9]{1,3}") ? Optional.of(Integer.valueOf(written)).filter(place -> place < rows)
          : Optional.empty();
    }

    /// Whom HubSpot does not know any more is in no list either.
    Optional<Sent.TryLater> find(List<OutRow> rows) throws InterruptedException {
      var body = JsonMapper.shared().createObjectNode().put("idProperty", EMAIL);
      body.putArray("properties").add(EMAIL);
      var inputs = body.putArray("inputs");
      rows.forEach(row -> inputs.addObject().put("id", row.key()));
      return switch (calls.post(CONTACTS + "read", body)) {
        case Result.Taken(_, var answer) -> {
          answer.path("results").forEach(result -> ids.put(result.path("properties").path(EMAIL).asString("")
              .toLowerCase(Locale.ROOT), result.path("id").asString("")));
          yield Optional.empty();
        }
        case Result.Refused(String reason) -> {
          rows.forEach(row -> reasons.put(row.key(), reason));
          yield Optional.empty();
        }
        case Result.Later(var later) -> Optional.of(later);
      };
    }

    Optional<Sent.TryLater> list(List<OutRow> members, List<OutRow> former) throws InterruptedException {
      var body = JsonMapper.shared().createObjectNode();
      var added = known(members);
      var removed = known(former);
      added.forEach(body.putArray("recordIdsToAdd")::add);
      removed.forEach(body.putArray("recordIdsToRemove")::add);
      if (added.isEmpty() && removed.isEmpty()) {
        return Optional.empty();
      }
      return switch (calls.put("/crm/v3/lists/%s/memberships/add-and-remove".formatted(list), body)) {
        case Result.Taken(_, var answer) -> {
          var missing = answer.path("recordIdsMissing").valueStream().map(id -> id.asString())
              .collect(Collectors.toSet());
          members.stream().filter(row -> missing.contains(ids.getOrDefault(row.key(), "")))
              .forEach(row -> reasons.put(row.key(), "HubSpot does not find the contact it just took"));
          yield Optional.empty();
        }
        case Result.Refused(String reason) -> {
          members.forEach(row -> reasons.put(row.key(), "not in the list, " + reason));
          former.forEach(row -> reasons.put(row.key(), "still in the list, " + reason));
          yield Optional.empty();
        }
        case Result.Later(var later) -> Optional.of(later);
      };
    }

    private List<String> known(List<OutRow> rows) {
      return rows.stream().flatMap(row -> Optional.ofNullable(ids.get(row.key())).stream()).toList();
    }
  }

  private static ObjectNode properties(OutRow row) {
    var properties = JsonMapper.shared().createObjectNode().put(EMAIL, row.key());
    row.values().forEach((column, value) -> {
      if (!column.equals(EMAIL) && row.changed().contains(column)) {
        properties.put(column, text(value));
      }
    });
    return properties;
  }

  /// Properties are texts: an empty one takes the value away, several choices have semicolons between them.
  private static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case List<?> several -> several.stream().map(String::valueOf).collect(Collectors.joining(";"));
      default -> value.toString();
    };
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
