package portrait.processes.dashboard;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import portrait.foundation.database.Database;
import portrait.foundation.database.Migrations;
import portrait.foundation.database.Transaction;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.model.CustomerId;
import portrait.foundation.warehouse.Warehouse;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.Segments;
import portrait.stages.sources.Sources;
import portrait.stages.sources.TableState;
import portrait.stages.unification.Unification;

/// What the first page shows. Everything is counted at once and kept: after each job, and every five minutes, so that
/// looking costs nothing however many customers there are.
public final class Dashboard {

  private static final Duration FRESH = Duration.ofMinutes(5);
  /** Counting takes no more than this part of the time, however often jobs end. */
  private static final int SPARING = 20;
  private static final int DAYS = 90;
  private static final int DAYS_KEPT = 400;
  private static final int SIZES_KEPT = 20;
  private static final int JOBS_LOOKED_AT = 20;
  private static final Duration WEEK = Duration.ofDays(7);

  private final Database database;
  private final Warehouse warehouse;
  private final Sources sources;
  private final Unification unification;
  private final Profiles profiles;
  private final Segments segments;
  private final Jobs jobs;
  private final Clock clock;
  private final DayTable table = new DayTable();
  private List<String> endedJobs = List.of();
  private boolean isFirst = true;
  private long restUntilNanos = System.nanoTime();

  public static Migrations migrations() {
    return Migrations.beside(Dashboard.class);
  }

  public Dashboard(Database database, Warehouse warehouse, Sources sources, Unification unification, Profiles profiles,
      Segments segments, Jobs jobs, Clock clock) {
    this.database = database;
    this.warehouse = warehouse;
    this.sources = sources;
    this.unification = unification;
    this.profiles = profiles;
    this.segments = segments;
    this.jobs = jobs;
    this.clock = clock;
  }

  /// What was counted last; counted now when it never was, or when nobody was there then.
  public Figures figures() {
    record Seen(Optional<Figures> figures, boolean isAnybody) {}
    var seen = database.read(tx -> new Seen(table.latest(tx), !profiles.customersAfter(tx, 0, 1).isEmpty()));
    return seen.figures().filter(figures -> figures.customers() > 0 || !seen.isAnybody()).orElseGet(this::count);
  }

  /// How many customers there were at the end of each of the last days, the oldest first. Days on which nobody counted
  /// yet are told by when today's customers were seen first.
  public List<Figures.Standing> days(Figures figures) {
    var counted = new HashMap<LocalDate, Figures.Standing>();
    database.read(table::days).forEach(day -> counted.put(day.day(), day));
    var days = new ArrayList<Figures.Standing>();
    for (var day : figures.tables().days()) {
      days.add(counted.getOrDefault(day.day(), day));
    }
    return days;
  }

  /// Counts everything now.
  public synchronized Figures count() {
    long begun = System.nanoTime();
    var now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    var tables = tables(now);
    var figures = database.read(tx -> {
      var counts = profiles.counts(tx);
      var sizes = sizes(tx, now);
      return new Figures(now, counts.known(), counts.unknown(), sizes.size(),
          sizes.stream().limit(SIZES_KEPT).toList(), tables);
    });
    database.write(tx -> table.put(tx, figures, DAYS_KEPT));
    long ended = System.nanoTime();
    restUntilNanos = ended + SPARING * (ended - begun);
    return figures;
  }

  private Figures.Tables tables(Instant now) {
    return warehouse.read(session -> Counting.isPossible(session)
        ? new Counting(session, unification.assignments(), tableNames(), now).figures(DAYS)
        : Figures.Tables.NONE);
  }

  private List<String> tableNames() {
    return sources.tables().stream().map(TableState::fullName).toList();
  }

  private List<Figures.Size> sizes(Transaction tx, Instant now) {
    var members = segments.sizes(tx);
    var changes = segments.changes(tx, now.minus(WEEK));
    return segments.definitions().stream()
        .map(segment -> new Figures.Size(segment.name(), segment.title(), members.getOrDefault(segment.name(), 0L),
            changes.getOrDefault(segment.name(), 0L)))
        .sorted(Comparator.comparingLong(Figures.Size::members).reversed().thenComparing(Figures.Size::name)).toList();
  }

  /// Some people behind a number, as the last refresh left them, and how many there are.
  public People people(Group group, int limit, int offset) {
    var now = clock.instant();
    return warehouse.read(session -> {
      if (!Counting.isPossible(session)) {
        return new People(0, List.of());
      }
      var counting = new Counting(session, unification.assignments(), tableNames(), now);
      return new People(counting.size(group), counting.members(group, limit, offset));
    });
  }

  /// @param total how many there are
  public record People(long total, List<CustomerId> some) {

    public People {
      some = List.copyOf(some);
    }
  }

  /// Counts again where jobs have ended since, or some time has passed. Called every other second.
  public synchronized void tick() {
    if (System.nanoTime() - restUntilNanos < 0) {
      return;
    }
    var ended = jobs.recent(JOBS_LOOKED_AT).stream().filter(job -> job.status().isEnd())
        .map(job -> job.id().toString()).toList();
    if (isFirst || !ended.equals(endedJobs) || isOld()) {
      count();
      isFirst = false;
      endedJobs = ended;
    }
  }

  private boolean isOld() {
    return database.read(table::latestAt).filter(at -> at.isAfter(clock.instant().minus(FRESH))).isEmpty();
  }
}
