package portrait.stages.exports.destinations;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import portrait.foundation.model.Problem;
import portrait.stages.exports.destinations.IterableCalls.Result;
import portrait.stages.exports.destinations.OutRow.Change;
import portrait.stages.exports.destinations.Sent.Outcome;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Brings users and the list up to date: who entered is put into the list with all fields, who changed is told with what
/// differs, who left is taken out of the list. Doing it again changes nothing.
final class IterableSession implements Session {

  /// Iterable takes a thousand users and 4 MB in one call; what is larger all the same is halved.
  private static final int ROWS_MAX = 500;
  private static final String USER_ID = "userId";
  /// What becomes of users that an answer names, by the kind under which it names them.
  private static final Map<String, String> REASONS = new LinkedHashMap<>();
  /// Who is not there cannot be in the list either.
  private static final Set<String> GONE = Set.of("notFound", "forgotten");

  static {
    REASONS.put("invalid", "Iterable does not take the %s");
    REASONS.put("notFound", "Iterable has no user of that %s");
    REASONS.put("forgotten", "the person asked Iterable to be forgotten");
    REASONS.put("conflict", "another user of Iterable has that %s");
    REASONS.put("invalidData", "a field does not fit its type in Iterable");
  }

  private final IterableCalls calls;
  private final String list;
  private final String id;
  private OptionalLong number = OptionalLong.empty();

  /// @param list its name or its number
  /// @param id what names a user: `email` or `userId`
  IterableSession(IterableCalls calls, String list, String id) {
    this.calls = calls;
    this.list = list;
    this.id = id;
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
    var late = findList();
    var reasons = new HashMap<String, String>();
    for (var change : Change.values()) {
      if (late.isEmpty()) {
        late = send(change, rows.stream().filter(row -> row.change() == change).toList(), reasons);
      }
    }
    return late.<Sent>map(later -> later).orElseGet(() -> new Sent.Answered(rows.stream()
        .map(row -> Optional.ofNullable(reasons.get(row.key())).<Outcome>map(Outcome.Refused::new)
            .orElseGet(Outcome.Delivered::new))
        .toList(), Duration.ZERO));
  }

  /// The list is made when there is none: not when the connection is verified, but when there is somebody to put into it.
  private Optional<Sent.TryLater> findList() throws InterruptedException {
    if (number.isPresent()) {
      return Optional.empty();
    }
    return switch (calls.lists()) {
      case Result.Taken(var answer) -> {
        var found = IterableCalls.matching(answer, list);
        if (found.size() > 1) {
          throw Problem.of(Problem.Code.INVALID_DEFINITION,
              "settings.list was '%s' but Iterable has %d lists of that name".formatted(list, found.size()),
              "Write the number of one: %s.".formatted(found)).asException();
        }
        if (found.isEmpty()) {
          yield create();
        }
        number = OptionalLong.of(found.getFirst());
        yield Optional.empty();
      }
      case Result.Refused(String reason) -> throw IterableCalls.refused(400, reason, "Check the key.");
      case Result.Later(var later) -> Optional.of(later);
    };
  }

  private Optional<Sent.TryLater> create() throws InterruptedException {
    if (list.matches("[0-9]+")) {
      throw Problem.of(Problem.Code.NOT_FOUND, "Iterable has no static list with the number %s".formatted(list),
          "Write the number of one, or a name: then the list is made.").asException();
    }
    return switch (calls.create(list)) {
      case Result.Taken(var answer) when answer.path("listId").asLong(0) > 0 -> {
        number = OptionalLong.of(answer.path("listId").asLong(0));
        yield Optional.empty();
      }
      case Result.Taken _ -> Optional.of(new Sent.TryLater(Optional.empty(), false,
          "Iterable did not say the number of the list that it made"));
      case Result.Refused(String reason) -> throw IterableCalls.refused(400, "the list cannot be made: " + reason,
          "Make it in Iterable, and write its number.");
      case Result.Later(var later) -> Optional.of(later);
    };
  }

  private Optional<Sent.TryLater> send(Change change, List<OutRow> rows, Map<String, String> reasons)
      throws InterruptedException {
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    var result = switch (change) {
      case ENTERED -> calls.post("/api/lists/subscribe", body("subscribers", rows).put("listId", number.orElseThrow()));
      case CHANGED -> calls.post("/api/users/bulkUpdate", body("users", rows));
      case LEFT -> calls.post("/api/lists/unsubscribe", body("subscribers", rows).put("listId", number.orElseThrow())
          .put("channelUnsubscribe", false));
    };
    return switch (result) {
      case Result.Taken(var answer) -> {
        var named = named(answer);
        // More were not taken than are named: whom, is found by halves. All of it may be said again.
        if (named.size() < answer.path("failCount").asInt(0) && rows.size() > 1) {
          yield halves(change, rows, reasons);
        }
        rows.forEach(row -> reason(change, row, named, answer).ifPresent(reason -> reasons.put(row.key(), reason)));
        yield Optional.empty();
      }
      case Result.Refused(String reason) -> {
        if (rows.size() > 1) {
          // One wrong row spoils its call.
          yield halves(change, rows, reasons);
        }
        reasons.put(rows.getFirst().key(), reason);
        yield Optional.empty();
      }
      case Result.Later(var later) -> Optional.of(later);
    };
  }

  private Optional<Sent.TryLater> halves(Change change, List<OutRow> rows, Map<String, String> reasons)
      throws InterruptedException {
    int middle = rows.size() / 2;
    var late = send(change, rows.subList(0, middle), reasons);
    return late.isPresent() ? late : send(change, rows.subList(middle, rows.size()), reasons);
  }

  private Optional<String> reason(Change change, OutRow row, Map<String, String> named, JsonNode answer) {
    var kind = Optional.ofNullable(named.get(written(row.key())));
    if (change == Change.LEFT && kind.filter(GONE::contains).isPresent()) {
      return Optional.empty();
    }
    if (kind.isEmpty() && named.isEmpty() && answer.path("failCount").asInt(0) > 0) {
      return Optional.of("Iterable did not take it and did not say why");
    }
    return kind.map(why -> REASONS.getOrDefault(why, "").formatted(id.equals(USER_ID) ? "user id" : "e-mail address"));
  }

  /// Who was not taken, by whatever names them, with the kind of failure. Answers name them in `failedUpdates`, older
  /// ones beside it.
  private Map<String, String> named(JsonNode answer) {
    var named = new HashMap<String, String>();
    for (String kind : REASONS.keySet()) {
      for (String what : List.of("Emails", "UserIds")) {
        for (var place : List.of(answer, answer.path("failedUpdates"))) {
          place.path(kind + what).forEach(each -> named.putIfAbsent(written(each.asString("")), kind));
        }
      }
    }
    return named;
  }

  /// Addresses come back in small letters or as they were sent; ids are taken as they stand.
  private String written(String key) {
    return id.equals(USER_ID) ? key : key.strip().toLowerCase(Locale.ROOT);
  }

  private ObjectNode body(String name, List<OutRow> rows) {
    var body = JsonMapper.shared().createObjectNode();
    var users = body.putArray(name);
    rows.forEach(row -> {
      var user = users.addObject().put(id, row.key());
      if (row.change() != Change.LEFT) {
        if (id.equals(USER_ID)) {
          user.put("preferUserId", true);
        }
        user.set("dataFields", fields(row));
      }
    });
    return body;
  }

  /// A value that is gone is sent as null, which empties the field.
  private ObjectNode fields(OutRow row) {
    var fields = JsonMapper.shared().createObjectNode();
    var columns = new ArrayList<>(row.values().keySet());
    columns.removeIf(column -> column.equals(id) || !row.changed().contains(column));
    columns.forEach(column -> fields.set(column, Values.json(row.values().get(column))));
    return fields;
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
