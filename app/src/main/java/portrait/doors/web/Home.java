package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.database.Database;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.security.Permission;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.processes.refresh.Refresh;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.Segments;
import portrait.stages.sources.Sources;

/// The first page.
final class Home implements Door {

  private static final int DAYS = 30;
  private static final int SEGMENTS_MAX = 8;
  private static final int JOBS_LOOKED_AT = 50;

  private final Renderer renderer;
  private final Profiles profiles;
  private final Definitions definitions;
  private final Sources sources;
  private final Segments segments;
  private final Jobs jobs;
  private final Database database;
  private final Warehouse warehouse;

  Home(Renderer renderer, Profiles profiles, Definitions definitions, Sources sources, Segments segments, Jobs jobs,
      Database database, Warehouse warehouse) {
    this.renderer = renderer;
    this.profiles = profiles;
    this.definitions = definitions;
    this.sources = sources;
    this.segments = segments;
    this.jobs = jobs;
    this.database = database;
    this.warehouse = warehouse;
  }

  @Override
  public void routes(Routes routes) {
    routes.get("/", needs(Permission.VIEW), this::page);
  }

  private Answer page(Request request) {
    var counts = database.read(profiles::counts);
    int loaded = (int) sources.tables().stream().filter(table -> table.loadedAt().isPresent()).count();
    var refresh = jobs.recent(JOBS_LOOKED_AT).stream().filter(job -> job.name().equals(Refresh.JOB)).findFirst()
        .map(job -> new HomePage.Run(job.id().toString(), job.status().text(),
            Objects.requireNonNullElse(job.endedAt(), job.startedAt()), !job.status().isEnd()));
    var sizes = sizes();
    return renderer.page(request, "home", renderer.text(request).of("home.title"), "home",
        new HomePage(counts.known(), counts.unknown(), loaded, !definitions.list("Unification").isEmpty(),
            !sizes.isEmpty(), refresh, sizes.stream().limit(SEGMENTS_MAX).toList(), warehouse.read(Home::days)));
  }

  private List<HomePage.Size> sizes() {
    var members = database.read(segments::sizes);
    return segments.definitions().stream()
        .map(segment -> new HomePage.Size(segment.name(), segment.title(), members.getOrDefault(segment.name(), 0L)))
        .sorted(Comparator.comparingLong(HomePage.Size::members).reversed().thenComparing(HomePage.Size::title))
        .toList();
  }

  /// The last days that have events: data of long ago still draws a picture.
  private static List<HomePage.Day> days(WarehouseSession session) {
    if (!session.exists("UnifiedActivity")) {
      return List.of();
    }
    var counts = new HashMap<LocalDate, Long>();
    session.each(Sql.of("""
        SELECT strftime(CAST(ActivityTimestamp AS DATE), '%Y-%m-%d') AS day, count(*) AS events
        FROM UnifiedActivity
        WHERE ActivityTimestamp > (SELECT max(ActivityTimestamp) FROM UnifiedActivity) - INTERVAL 30 DAY
        GROUP BY day ORDER BY day NULLS LAST"""),
        row -> counts.put(LocalDate.parse(row.text(1)), row.number(2)));
    var days = new ArrayList<HomePage.Day>();
    counts.keySet().stream().max(Comparator.naturalOrder()).ifPresent(last -> {
      for (var day = last.minusDays(DAYS - 1L); !day.isAfter(last); day = day.plusDays(1)) {
        days.add(new HomePage.Day(day, counts.getOrDefault(day, 0L)));
      }
    });
    return days;
  }
}
