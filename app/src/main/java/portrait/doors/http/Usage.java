package portrait.doors.http;

import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import portrait.foundation.database.Database;
import portrait.foundation.database.StoreException;
import portrait.foundation.model.ProblemException;

/// What each key asked for, day by day: requests, events among them, and what was refused. Counted in memory, which costs
/// the answer next to nothing, and added to the store every few seconds; a crash loses those seconds.
public final class Usage implements AutoCloseable {

  /** Who is signed in. */
  public static final String PEOPLE = "people";
  /** Commands on the server's own machine. */
  public static final String COMMANDS = "commands";
  /** Callers nobody knows. */
  public static final String NOBODY = "nobody";

  private static final Logger LOG = LoggerFactory.getLogger(Usage.class);

  private final Database database;
  private final Clock clock;
  private final Map<Slot, Counts> counted = new ConcurrentHashMap<>();

  private record Slot(long day, String caller) {}

  private record Counts(LongAdder requests, LongAdder events, LongAdder refused) {

    Counts() {
      this(new LongAdder(), new LongAdder(), new LongAdder());
    }
  }

  /// One caller on one day, in UTC.
  ///
  /// @param caller the id of a key, [#PEOPLE], [#COMMANDS] or [#NOBODY]
  /// @param events that were sent, also those that were refused or there already
  /// @param refused requests that were answered 401, 403, 429 or 503
  public record Day(LocalDate day, String caller, long requests, long events, long refused) {}

  public Usage(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  void count(String caller, int events, boolean isRefused) {
    var counts = counted.computeIfAbsent(new Slot(Math.floorDiv(clock.millis(), 86_400_000L), caller),
        _ -> new Counts());
    counts.requests.increment();
    if (events > 0) {
      counts.events.add(events);
    }
    if (isRefused) {
      counts.refused.increment();
    }
  }

  /// Adds what was counted to the store.
  public void tick() {
    var taken = new ArrayList<Day>();
    for (var each : counted.entrySet()) {
      var day = new Day(LocalDate.ofEpochDay(each.getKey().day()), each.getKey().caller(),
          each.getValue().requests.sumThenReset(), each.getValue().events.sumThenReset(),
          each.getValue().refused.sumThenReset());
      if (day.requests() + day.events() + day.refused() > 0) {
        taken.add(day);
      }
    }
    long today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toEpochDay();
    counted.keySet().removeIf(slot -> slot.day() < today - 1);
    if (!taken.isEmpty()) {
      add(taken);
    }
  }

  private void add(List<Day> taken) {
    try {
      database.write(transaction -> {
        for (var day : taken) {
          transaction.update("""
              INSERT INTO request_usage (day, caller, requests, events, refused) VALUES (?, ?, ?, ?, ?)
              ON CONFLICT (day, caller) DO UPDATE SET requests = request_usage.requests + excluded.requests,
                events = request_usage.events + excluded.events, refused = request_usage.refused + excluded.refused
              """, day.day().toEpochDay(), day.caller(), day.requests(), day.events(), day.refused());
        }
        return taken.size();
      });
    } catch (ProblemException | StoreException failure) {
      LOG.warn("the usage of {} callers was not noted: {}", taken.size(), failure.getMessage());
    }
  }

  /// Every day from the first to the last with what each caller did on it, the latest day and the busiest caller first.
  public List<Day> between(LocalDate first, LocalDate last) {
    tick();
    return database.read(transaction -> transaction.query("""
        SELECT day, caller, requests, events, refused FROM request_usage WHERE day BETWEEN ? AND ?
        ORDER BY day DESC, requests DESC, caller
        """, row -> new Day(LocalDate.ofEpochDay(row.number(1)), row.text(2), row.number(3), row.number(4),
        row.number(5)), first.toEpochDay(), last.toEpochDay()));
  }

  @Override
  public void close() {
    tick();
  }
}
