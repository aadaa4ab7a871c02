package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Permission;
import portrait.stages.measures.Measures;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.Segments;

/// Segments and measures.
final class Insights implements Door {

  private static final int DAYS = 30;
  private static final int CHANGES_SHOWN = 12;

  private final Renderer renderer;
  private final Cards cards;
  private final Definitions definitions;
  private final Segments segments;
  private final Measures measures;
  private final Profiles profiles;
  private final Database database;
  private final Clock clock;

  Insights(Renderer renderer, Cards cards, Definitions definitions, Segments segments, Measures measures,
      Profiles profiles, Database database, Clock clock) {
    this.renderer = renderer;
    this.cards = cards;
    this.definitions = definitions;
    this.segments = segments;
    this.measures = measures;
    this.profiles = profiles;
    this.database = database;
    this.clock = clock;
  }

  @Override
  public void routes(Routes routes) {
    routes.get("/segments", needs(Permission.VIEW), this::segments);
    routes.get("/segments/{name}", needs(Permission.VIEW), this::segment);
    routes.get("/measures", needs(Permission.VIEW), this::measures);
  }

  private Answer segments(Request request) {
    var sizes = database.read(segments::sizes);
    var rows = segments.definitions().stream()
        .map(segment -> new SegmentsPage.Segment(segment.name(), segment.title(),
            sizes.getOrDefault(segment.name(), 0L), segment.isActive(), segment.tags()))
        .sorted(Comparator.comparingLong(SegmentsPage.Segment::members).reversed()
            .thenComparing(SegmentsPage.Segment::title))
        .toList();
    return renderer.page(request, "segments", renderer.text(request).of("nav.segments"), "segments",
        new SegmentsPage(rows, customers()));
  }

  private Answer segment(Request request) {
    String name = request.pathPart("name");
    var segment = segments.definitions().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow(
        () -> Problem.of(Problem.Code.NOT_FOUND, "there is no segment %s".formatted(name)).asException());
    var members = database
        .read(transaction -> cards.members(transaction, renderer.text(request), name, "", Optional.empty(),
            request.query("cursor")));
    var shown = database.read(transaction -> new SegmentPage(name, segment.title(), segment.description(),
        segment.isActive(), segment.tags(), segments.sizes(transaction).getOrDefault(name, 0L),
        profiles.counts(transaction).total(), rule("Segment", name),
        segments.trend(transaction, name, DAYS, clock.instant()), definitions.usedBy("Segment", name),
        segments.changes(transaction, name, CHANGES_SHOWN, Optional.empty()).changes().stream()
            .map(change -> new SegmentPage.Coming(change.customer().id().toString(), change.entered(), change.at(),
                change.version(), change.why()))
            .toList(),
        others(name), overlap(transaction, name, request.query("with")), members.cards(), members.next()));
    return renderer.page(request, "segment", segment.title(), "segments", shown);
  }

  private List<CustomersPage.Choice> others(String name) {
    return segments.definitions().stream().filter(each -> !each.name().equals(name))
        .map(each -> new CustomersPage.Choice(each.name(), each.title())).toList();
  }

  private Optional<SegmentPage.Shared> overlap(Transaction transaction, String name, Optional<String> with) {
    return with.flatMap(other -> segments.definitions().stream().filter(each -> each.name().equals(other)).findFirst())
        .map(other -> {
          var overlap = segments.overlap(transaction, name, other.name());
          return new SegmentPage.Shared(other.name(), other.title(), overlap.other(), overlap.both());
        });
  }

  private Answer measures(Request request) {
    var all = measures.definitions().stream().map(
        measure -> new MeasuresPage.Measure(measure.name(), measure.title(), rule("Measure", measure.name()))).toList();
    return renderer.page(request, "measures", renderer.text(request).of("nav.measures"), "measures",
        new MeasuresPage(all));
  }

  private String rule(String kind, String name) {
    return definitions.find(kind, name).map(definition -> DefinitionText.of(definition.spec())).orElse("");
  }

  private long customers() {
    return database.read(profiles::counts).total();
  }
}
