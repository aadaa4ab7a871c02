package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.expressions.Columns;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Schema;
import portrait.foundation.security.Permission;
import portrait.foundation.warehouse.Warehouse;
import portrait.processes.rollout.Rollout;
import portrait.stages.measures.CustomerMeasure;
import portrait.stages.measures.MeasureDefinition;
import portrait.stages.measures.MeasureTable;
import portrait.stages.measures.MeasureTemplates;
import portrait.stages.measures.Measures;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.SegmentDefinition;
import portrait.stages.segments.Segments;

/// Segments and measures.
final class Insights implements Door {

  private static final int DAYS = 30;
  private static final int SEGMENTS_SHOWN = 100;
  private static final int SEGMENTS_OFFERED = 500;
  private static final int CHANGES_SHOWN = 12;
  private static final int ROWS_SHOWN = 50;
  private static final int COMPARED_MAX = 5;
  private static final int ROWS_READ = 100_000;

  private final Renderer renderer;
  private final Cards cards;
  private final Definitions definitions;
  private final Segments segments;
  private final Measures measures;
  private final Profiles profiles;
  private final Database database;
  private final Warehouse warehouse;
  private final Rollout rollout;
  private final int rowsMax;
  private final Clock clock;

  /// @param rowsMax how many rows a file may have
  Insights(Renderer renderer, Cards cards, Definitions definitions, Segments segments, Measures measures,
      Profiles profiles, Database database, Warehouse warehouse, Rollout rollout, int rowsMax, Clock clock) {
    this.renderer = renderer;
    this.cards = cards;
    this.definitions = definitions;
    this.segments = segments;
    this.measures = measures;
    this.profiles = profiles;
    this.database = database;
    this.warehouse = warehouse;
    this.rollout = rollout;
    this.rowsMax = rowsMax;
    this.clock = clock;
  }

  @Override
  public void routes(Routes routes) {
    routes.get("/segments", needs(Permission.VIEW), this::segments);
    routes.get("/segments/{name}.csv", needs(Permission.VIEW).withPatience(), this::members);
    routes.get("/segments/{name}", needs(Permission.VIEW).withPatience(), this::segment);
    routes.get("/measures", needs(Permission.VIEW), this::measures);
    routes.get("/measures/templates", needs(Permission.VIEW), this::templates);
    routes.get("/measures/{name}.csv", needs(Permission.VIEW).withPatience(), this::csv);
    routes.get("/measures/{name}", needs(Permission.VIEW).withPatience(), this::measure);
  }

  private Answer segments(Request request) {
    String query = request.query("q").orElse("").strip();
    int offset = request.query("cursor", 0, Integer.MAX_VALUE, 0);
    var sizes = database.read(segments::sizes);
    var fitting = segments.definitions().stream().filter(segment -> fits(segment, query))
        .map(segment -> new SegmentsPage.Segment(segment.name(), segment.title(),
            sizes.getOrDefault(segment.name(), 0L), segment.isActive(), segment.tags()))
        .sorted(Comparator.comparingLong(SegmentsPage.Segment::members).reversed()
            .thenComparing(SegmentsPage.Segment::title).thenComparing(SegmentsPage.Segment::name))
        .toList();
    int end = (int) Math.min(fitting.size(), (long) offset + SEGMENTS_SHOWN);
    var page = new SegmentsPage(query, fitting.subList(Math.min(offset, end), end), customers(), fitting.size(),
        offset == 0, end < fitting.size() ? Optional.of(String.valueOf(end)) : Optional.empty());
    boolean wantsList = request.isFragment() && request.header("HX-History-Restore-Request").isEmpty();
    return wantsList ? renderer.part(request, "segmentList", "page", page)
        : renderer.page(request, "segments", renderer.text(request).of("nav.segments"), "segments", page);
  }

  private static boolean fits(SegmentDefinition segment, String query) {
    String said = (segment.title() + ' ' + segment.name() + ' ' + String.join(" ", segment.tags()))
        .toLowerCase(Locale.ROOT);
    return Stream.of(query.toLowerCase(Locale.ROOT).split("\\s+")).allMatch(said::contains);
  }

  private Answer segment(Request request) {
    String name = request.pathPart("name");
    var segment = segments.definitions().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow(
        () -> Problem.of(Problem.Code.NOT_FOUND, "there is no segment %s".formatted(name)).asException());
    var members = database
        .read(transaction -> cards.members(transaction, renderer.text(request), name, "", Optional.empty(),
            request.query("cursor")));
    var with = compared(request, name);
    var differences = request.query("apart")
        .map(_ -> warehouse.write(session -> segments.differences(session, name, Optional.empty())));
    var rollingOut = rollingOut("Segment", name);
    var shown = database.read(transaction -> new SegmentPage(name, segment.title(), segment.description(),
        segment.isActive(), rollingOut, segment.isStatic(), segment.tags(),
        segments.sizes(transaction).getOrDefault(name, 0L),
        profiles.counts(transaction).total(), rule("Segment", name),
        segments.trend(transaction, name, DAYS, clock.instant()), definitions.usedBy("Segment", name),
        segments.changes(transaction, name, CHANGES_SHOWN, Optional.empty()).changes().stream()
            .map(change -> new SegmentPage.Coming(change.customer().id().toString(), change.entered(), change.at(),
                change.version(), change.why()))
            .toList(),
        others(name), with, overlap(transaction, name, with), differences,
        members.cards(), members.next()));
    return renderer.page(request, "segment", segment.title(), "segments", shown);
  }

  private RollingOut rollingOut(String kind, String name) {
    boolean isWaiting = rollout.waiting().contains(kind + "/" + name);
    return new RollingOut(isWaiting,
        isWaiting ? rollout.running().map(job -> new JobPage(job, clock.instant())) : Optional.empty());
  }

  /// Members of the last refresh with what the segment projects of them.
  private Answer members(Request request) {
    var segment = segments.definitions().stream().filter(each -> each.name().equals(request.pathPart("name")))
        .findFirst().orElseThrow(() -> Problem
            .of(Problem.Code.NOT_FOUND, "there is no segment %s".formatted(request.pathPart("name"))).asException());
    var titles = Stream.concat(Stream.of("CustomerId"), segment.projected().keySet().stream()).toList();
    return Csv.file(segment.name(), titles, rowsMax, rows -> warehouse.read(session -> {
      if (session.exists("SegmentMembership")) {
        session.each(segments.projected(segment, clock.instant(), Columns.of(session)), row -> {
          var values = new ArrayList<@Nullable Object>();
          for (int place = 1; place <= row.columns(); place++) {
            values.add(row.value(place));
          }
          rows.add(values);
        });
      }
      return true;
    }));
  }

  private List<CustomersPage.Choice> others(String name) {
    return segments.definitions().stream().filter(each -> !each.name().equals(name))
        .map(each -> new CustomersPage.Choice(each.name(), each.title())).limit(SEGMENTS_OFFERED).toList();
  }

  private List<SegmentPage.Shared> overlap(Transaction transaction, String name, List<String> with) {
    var titles = segments.definitions().stream()
        .collect(Collectors.toMap(SegmentDefinition::name, SegmentDefinition::title));
    var names = Stream.concat(Stream.of(name), with.stream()).toList();
    return with.isEmpty() ? List.of()
        : segments.overlap(transaction, names).parts().stream()
            .map(part -> new SegmentPage.Shared(part.in().stream().map(titles::get).toList(), part.customers()))
            .toList();
  }

  /// The segments that were chosen to compare with, those that are none left out.
  private List<String> compared(Request request, String name) {
    var known = segments.definitions().stream().map(SegmentDefinition::name).collect(Collectors.toSet());
    return Stream.of((request.query("with").orElse("") + "," + request.query("and").orElse("")).split(","))
        .filter(other -> known.contains(other) && !other.equals(name)).distinct().limit(COMPARED_MAX).toList();
  }

  private Answer measures(Request request) {
    var all = measures.all().stream().map(measure -> new MeasuresPage.Measure(measure.name(), measure.title(),
        measure.description(), kind(measure))).toList();
    return renderer.page(request, "measures", renderer.text(request).of("nav.measures"), "measures",
        new MeasuresPage(all));
  }

  private static String kind(MeasureDefinition measure) {
    return switch (measure) {
      case CustomerMeasure _ -> "customer";
      case MeasureTable table -> table.isOfBusiness() ? "business" : "customerTable";
    };
  }

  private Answer measure(Request request) {
    var measure = found(request);
    var text = renderer.text(request);
    int offset = request.query("offset", 0, Integer.MAX_VALUE, 0);
    var found = warehouse.read(session -> measures.results(session, measure, ROWS_SHOWN, offset));
    boolean isNumber = measure instanceof MeasureTable table && table.isNumber();
    var number = isNumber ? found.rows().stream().findFirst().map(row -> text.value(row.getFirst()))
        : Optional.<String>empty();
    int next = offset + found.rows().size();
    var page = new MeasurePage(measure.name(), measure.title(), measure.description(), kind(measure),
        rollingOut("Measure", measure.name()), rule("Measure", measure.name()),
        definitions.usedBy("Measure", measure.name()),
        found.bars().stream().map(bar -> new MeasurePage.Bar(
            bar.label() == null ? text.of("measure.missing") : text.value(bar.label()), bar.number(),
            text.value(bar.number()))).toList(),
        number, found.columns().columns().stream().map(Schema.Column::name).toList(),
        found.rows().stream().map(row -> row.stream().map(text::value).toList()).toList(), found.total(),
        found.computedAt(), next < found.total() ? Optional.of(next) : Optional.empty());
    return renderer.page(request, "measure", measure.title(), "measures", page);
  }

  /// Everything that was computed, row by row.
  private Answer csv(Request request) {
    var measure = found(request);
    return warehouse.read(session -> {
      var titles = measures.results(session, measure, 0, 0).columns().columns().stream().map(Schema.Column::name)
          .toList();
      return Csv.file(measure.name(), titles, rowsMax, rows -> {
        for (int offset = 0, read = ROWS_READ; read == ROWS_READ; offset += read) {
          var page = measures.results(session, measure, ROWS_READ, offset).rows();
          page.forEach(rows::add);
          read = page.size();
        }
      });
    });
  }

  private MeasureDefinition found(Request request) {
    String name = request.pathPart("name");
    return measures.all().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow(
        () -> Problem.of(Problem.Code.NOT_FOUND, "there is no measure %s".formatted(name)).asException());
  }

  private Answer templates(Request request) {
    var words = new TreeMap<>(MeasureTemplates.WORDS);
    words.replaceAll((name, word) -> request.query(name).orElse(word));
    String mistake = "";
    List<MeasureTemplates.Template> templates;
    try {
      templates = MeasureTemplates.all(words);
    } catch (ProblemException refused) {
      mistake = renderer.text(request).sentence(refused.problem().message());
      templates = MeasureTemplates.all(Map.of());
    }
    return renderer.page(request, "measureTemplates", renderer.text(request).of("measures.templates"), "measures",
        new MeasureTemplatesPage(templates, words, warehouse.read(EventNames::of), mistake));
  }

  private String rule(String kind, String name) {
    return definitions.find(kind, name).map(definition -> DefinitionText.of(definition.spec())).orElse("");
  }

  private long customers() {
    return database.read(profiles::counts).total();
  }
}
