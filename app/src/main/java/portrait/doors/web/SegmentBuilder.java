package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.database.Database;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Seen;
import portrait.foundation.expressions.Columns;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Schema;
import portrait.foundation.security.Permission;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.processes.live.Live;
import portrait.processes.rollout.Rollout;
import portrait.stages.consent.Purpose;
import portrait.stages.measures.Measures;
import portrait.stages.segments.Estimate;
import portrait.stages.segments.FieldValues;
import portrait.stages.segments.Segments;
import tools.jackson.databind.json.JsonMapper;

/// Writing a segment: the size and some members stand beside the rule while it is typed.
final class SegmentBuilder implements Door {

  private static final String NEW = "/segments/new";
  private static final int SEGMENTS_OFFERED = 200;
  private static final String EDIT = "/segments/{name}/edit";

  private final Renderer renderer;
  private final Cards cards;
  private final Definitions definitions;
  private final Segments segments;
  private final Measures measures;
  private final Database database;
  private final Warehouse warehouse;
  private final Clock clock;
  private final Live live;
  private final Rollout rollout;

  SegmentBuilder(Renderer renderer, Cards cards, Definitions definitions, Segments segments, Measures measures,
      Database database, Warehouse warehouse, Clock clock, Live live, Rollout rollout) {
    this.rollout = rollout;
    this.live = live;
    this.renderer = renderer;
    this.cards = cards;
    this.definitions = definitions;
    this.segments = segments;
    this.measures = measures;
    this.database = database;
    this.warehouse = warehouse;
    this.clock = clock;
  }

  @Override
  public void routes(Routes routes) {
    var contribute = needs(Permission.CONTRIBUTE);
    routes.get(NEW, contribute.withPatience(), this::start);
    routes.post(NEW, contribute.withPatience(), request -> save(request, Optional.empty()));
    routes.get(EDIT, contribute.withPatience(), request -> page(request, SegmentForm.of(found(request)), 200));
    routes.post(EDIT, contribute.withPatience(), request -> save(request, Optional.of(found(request))));
    routes.post("/segments/{name}/active", contribute, this::switched);
    routes.post("/segments/{name}/members", contribute, this::enlist);
    routes.post("/segments/{name}/snapshot", contribute, this::snapshot);
    routes.get("/segments/quick", contribute.withPatience(), this::quick);
    routes.get("/segments/of-filters", contribute, this::filters);
    routes.post("/segments/estimate", contribute.withPatience(),
        request -> renderer.part(request, "estimate", "guess", guess(request, SegmentForm.of(request, ""))));
  }

  /// Empty, with a rule that a link brings along, or a copy of another segment.
  private Answer start(Request request) {
    var copied = request.query("like").flatMap(name -> definitions.find("Segment", name)).map(SegmentForm::of)
        .map(like -> new SegmentForm("", renderer.text(request).of("builder.copyOf", like.title()), like.description(),
            like.rule(), like.timeZone(), like.tags(), like.purpose(), false));
    return page(request, copied.orElseGet(
        () -> new SegmentForm("", "", "", request.query("rule").orElse(""), "", "", "", false)), 200);
  }

  private Answer save(Request request, Optional<Definition> before) {
    var form = SegmentForm.of(request, before.map(Definition::name).orElse(""));
    if (request.form("do").filter("estimate"::equals).isPresent()) {
      return page(request, form, 200);
    }
    var kept = form.asDraft(request.form("do").filter("draft"::equals).isPresent());
    String name = before.map(Definition::name).orElseGet(() -> definitions.freeName("Segment", form.title()));
    try {
      definitions.apply(kept.definition(name, before), request.caller().name(), Editing.of(request));
      rollout.start(request.caller().name());
      return Renderer.done("/segments/" + name,
          renderer.text(request).of(kept.isDraft() ? "builder.savedDraft" : "builder.saved"));
    } catch (ProblemException refused) {
      var wrong = SegmentBuilderPage.Guess.wrong(
          SentText.mistakes(refused.problem(), renderer.text(request)));
      return page(request, form, wrong, Answer.problem(refused.problem(), request.id()).status());
    }
  }

  private Answer switched(Request request) {
    var before = found(request);
    boolean isActive = request.form("active").filter("true"::equals).isPresent();
    String page = "/segments/" + before.name();
    try {
      definitions.apply(SegmentForm.switched(before, isActive), request.caller().name(), Seen.of(before));
      rollout.start(request.caller().name());
      return Renderer.done(page, renderer.text(request).of(isActive ? "segment.switchedOn" : "segment.switchedOff"));
    } catch (ProblemException refused) {
      return Renderer.failed(page, refused.problem());
    }
  }

  /// What the list of customers is narrowed down to, as a rule.
  private Answer filters(Request request) {
    var filters = CustomerFilters.of(request);
    var customer = warehouse.read(session -> Columns.of(session).customer());
    return builder(String.join(" and ", filters.narrowed(customer).conditions(customer)));
  }

  private static Answer builder(String rule) {
    return Answer.seeOther("/segments/new?rule=" + URLEncoder.encode(rule, StandardCharsets.UTF_8));
  }

  /// One identity in each line.
  private Answer enlist(Request request) {
    var segment = found(request);
    String page = "/segments/" + segment.name();
    boolean isRemoval = request.form("remove").isPresent();
    try {
      if (!segment.spec().path("static").asBoolean(false)) {
        throw Problem.of(Problem.Code.CONFLICT, "segment %s has a rule and no list".formatted(segment.name()))
            .asException();
      }
      String namespace = request.form("namespace").orElse("").strip();
      var named = request.form("values").orElse("").lines().map(String::strip).filter(line -> !line.isEmpty())
          .map(value -> Identity.asked(namespace, value)).toList();
      var done = isRemoval ? live.delist(segment.name(), named) : live.enlist(segment.name(), named);
      return Renderer.done(page, renderer.text(request).of(isRemoval ? "segment.listRemoved" : "segment.listAdded",
          done.changed(), done.unchanged(), done.unknown()));
    } catch (ProblemException refused) {
      return Renderer.failed(page, refused.problem());
    }
  }

  private Answer snapshot(Request request) {
    var segment = found(request);
    String title = renderer.text(request).of("segment.snapshotOf",
        segment.spec().path("title").asString(segment.name()),
        renderer.text(request).day(clock.instant()));
    String name = definitions.freeName("Segment", title);
    var spec = JsonMapper.shared().createObjectNode().put("static", true).put("title", title);
    try {
      definitions.apply(Definition.document("Segment", name, spec), request.caller().name());
      var members = database.read(transaction -> segments.allMembers(transaction, segment.name())).stream()
          .map(customer -> new Identity("customer", customer.toString())).toList();
      live.enlist(name, members);
      return Renderer.done("/segments/" + name, renderer.text(request).of("segment.snapshotDone"));
    } catch (ProblemException refused) {
      return Renderer.failed("/segments/" + segment.name(), refused.problem());
    }
  }

  /// Field, comparison, value: what comes out is a rule like any other, with its size, on the page of the builder.
  private Answer quick(Request request) {
    var field = request.query("field");
    var text = renderer.text(request);
    var value = request.query("value");
    if (field.isPresent() && (value.isPresent() || request.query("is").filter("missing"::equals).isPresent())) {
      return builder(QuickRule.of(field.get(), request.query("is").orElse("equals"), value.orElse("")));
    }
    boolean isEvent = field.filter(name -> name.startsWith(QuickRule.EVENT)).isPresent();
    var values = isEvent ? Optional.<FieldValues>empty()
        : field.map(name -> warehouse.read(session -> segments.values(session, name)));
    return renderer.page(request, "quickSegment", text.of("quick.title"), "segments",
        new QuickSegmentPage(warehouse.read(session -> offered(session, renderer.text(request))), field.orElse(""),
            isEvent, values));
  }

  private SegmentBuilderPage.Guess guess(Request request, SegmentForm form) {
    if (form.rule().isBlank()) {
      return SegmentBuilderPage.Guess.NOTHING;
    }
    var text = renderer.text(request);
    try {
      var draft = segments.draft(form.spec(Optional.empty()));
      var forecast = rollout.forecast(draft);
      var sample = forecast.estimate().map(Estimate::sample).orElse(List.of());
      var fitting = database.read(transaction -> cards.of(transaction, text, sample)).stream()
          .map(card -> new SegmentBuilderPage.Fitting(card, live.explain(new Identity("customer", card.id()), draft)))
          .toList();
      return new SegmentBuilderPage.Guess(forecast.estimate(), List.of(), fitting, forecast.late());
    } catch (ProblemException refused) {
      String message = refused.problem().message().replaceFirst("^Segment draft: ", "");
      return SegmentBuilderPage.Guess.wrong(List.of(text.sentence(message)));
    }
  }

  private Answer page(Request request, SegmentForm form, int status) {
    return page(request, form, guess(request, form), status);
  }

  private Answer page(Request request, SegmentForm form, SegmentBuilderPage.Guess guess, int status) {
    String title = form.name().isEmpty() ? renderer.text(request).of("segments.new") : form.title();
    return renderer.page(request, "segmentBuilder", title, "segments",
        new SegmentBuilderPage(form.name(), form.title(), form.description(), form.rule(), form.timeZone(), form.tags(),
            form.purpose(), definitions.all(Purpose.KIND).stream().map(Purpose::name).sorted().toList(), guess,
            warehouse.read(session -> offered(session, renderer.text(request)))))
        .withStatus(status);
  }

  private List<SegmentBuilderPage.Offer> offered(WarehouseSession session, Messages text) {
    var offers = new ArrayList<SegmentBuilderPage.Offer>();
    offers.add(new SegmentBuilderPage.Offer("builder.attributes", Columns.of(session).customer().columns().stream()
        .map(Schema.Column::name).filter(name -> !name.equals("CustomerId"))
        .map(name -> new SegmentBuilderPage.Word(name, name)).toList()));
    offers.add(new SegmentBuilderPage.Offer("builder.lists", ListAttributes.of(session, text)));
    offers.add(new SegmentBuilderPage.Offer("builder.measures", measures.definitions().stream()
        .map(measure -> new SegmentBuilderPage.Word(measure.title(), "measure." + measure.name())).toList()));
    offers.add(new SegmentBuilderPage.Offer("builder.segments", segments.definitions().stream().limit(SEGMENTS_OFFERED)
        .map(segment -> new SegmentBuilderPage.Word(segment.title(), "member('%s')".formatted(segment.name())))
        .toList()));
    offers.add(new SegmentBuilderPage.Offer("builder.events", EventNames.of(session).stream()
        .map(name -> new SegmentBuilderPage.Word(name,
            "count('%s' within 30d) >= 1".formatted(name.replace("'", "''"))))
        .toList()));
    return offers.stream().filter(offer -> !offer.words().isEmpty()).toList();
  }

  private Definition found(Request request) {
    String name = request.pathPart("name");
    return definitions.find("Segment", name).orElseThrow(
        () -> Problem.of(Problem.Code.NOT_FOUND, "there is no segment %s".formatted(name)).asException());
  }
}
