package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.util.Comparator;
import java.util.Optional;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.database.Database;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Permission;
import portrait.stages.measures.Measures;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.Segments;

/// Segments and measures.
final class Insights implements Door {

  private final Renderer renderer;
  private final Cards cards;
  private final Definitions definitions;
  private final Segments segments;
  private final Measures measures;
  private final Profiles profiles;
  private final Database database;

  Insights(Renderer renderer, Cards cards, Definitions definitions, Segments segments, Measures measures,
      Profiles profiles, Database database) {
    this.renderer = renderer;
    this.cards = cards;
    this.definitions = definitions;
    this.segments = segments;
    this.measures = measures;
    this.profiles = profiles;
    this.database = database;
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
            sizes.getOrDefault(segment.name(), 0L)))
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
    return renderer.page(request, "segment", segment.title(), "segments",
        new SegmentPage(name, segment.title(), database.read(segments::sizes).getOrDefault(name, 0L), customers(),
            rule("Segment", name), members.cards(), members.next()));
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
