package portrait.processes.automation;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Database;
import portrait.foundation.database.Migrations;
import portrait.foundation.database.Transaction;
import portrait.foundation.definitions.Change;
import portrait.foundation.definitions.Definition;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.jobs.Job;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.jobs.Status;
import portrait.foundation.jobs.TaskState;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.warehouse.Warehouse;
import portrait.processes.refresh.Refresh;
import portrait.stages.measures.Measures;
import portrait.stages.notices.Notice;
import portrait.stages.notices.Notices;
import portrait.stages.segments.Segments;
import portrait.stages.sources.Sources;
import portrait.stages.sources.TableState;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Tells other systems what happens, as definitions of kind `Trigger` say. Each happening is told once, also when
/// Portrait stops in between, and on one node only.
public final class Triggers {

  /// `kind: Trigger`.
  public static final Kind<TriggerDefinition> KIND = new TriggerKind();

  private static final int LOOKED_BACK = 20;

  private final Definitions definitions;
  private final Database database;
  private final Sources sources;
  private final Segments segments;
  private final Measures measures;
  private final Warehouse warehouse;
  private final Jobs jobs;
  private final Notices notices;

  public static Migrations migrations() {
    return Migrations.beside(Triggers.class);
  }

  public Triggers(Definitions definitions, Database database, Sources sources, Segments segments, Measures measures,
      Warehouse warehouse, Jobs jobs, Notices notices) {
    this.definitions = definitions;
    this.database = database;
    this.sources = sources;
    this.segments = segments;
    this.measures = measures;
    this.warehouse = warehouse;
    this.jobs = jobs;
    this.notices = notices;
    definitions.guard(KIND,
        (trigger, _, others) -> notices.problem("connection", trigger.connection(), others).stream().toList());
    definitions.onChange(changes -> changes.stream()
        .filter(change -> change.kind().equals(KIND.name()) && change.action() == Change.Action.DELETED)
        .forEach(change -> forget(change.name())));
  }

  private void forget(String name) {
    database.write(tx -> {
      notices.forget(tx, about(name));
      return tx.update("DELETE FROM trigger_state WHERE name = ?", name);
    });
  }

  private static String about(String trigger) {
    return KIND.name() + "/" + trigger;
  }

  /// Every trigger, by name.
  public List<TriggerDefinition> all() {
    return definitions.all(KIND);
  }

  /// A trigger.
  ///
  /// @throws ProblemException `not_found`
  public TriggerDefinition one(String name) {
    return definitions.one(KIND, name).orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND,
        "there is no trigger '%s'".formatted(name), "GET /api/v1/triggers lists them.").asException());
  }

  /// Its latest messages, newest first.
  public List<Notice> told(String name, int limit) {
    return notices.recent(about(name), limit);
  }

  /// Sends a message of a trigger now, marked as one that is only for trying, whatever has happened.
  ///
  /// @throws ProblemException `not_found`, `not_allowed`
  public void rehearse(String name) {
    var trigger = one(name);
    notices.problem("connection", trigger.connection(), definitions).ifPresent(problem -> {
      throw problem.asException();
    });
    var message = message(trigger, JsonMapper.shared().createObjectNode().put("trial", true));
    database.write(tx -> {
      notices.add(tx, UUID.randomUUID().toString(), about(name), trigger.connection(), message);
      return true;
    });
  }

  /// Looks what has happened since it was called last. Call it every few seconds.
  public void tick() {
    for (var trigger : all()) {
      if (trigger.isActive()) {
        var definition = definitions.find(KIND.name(), trigger.name());
        var happenings = happenings(trigger);
        var known = database.read(tx -> marks(tx, trigger.name()));
        for (var happening : happenings) {
          if (definition.isPresent() && happening.isLater(Optional.ofNullable(known.get(happening.about())))) {
            look(trigger, definition.get(), happening);
          }
        }
      }
    }
  }

  private static Map<String, String> marks(Transaction tx, String trigger) {
    var marks = new HashMap<String, String>();
    tx.query("SELECT about, mark FROM trigger_state WHERE name = ?", row -> marks.put(row.text(1), row.text(2)),
        trigger);
    return marks;
  }

  /// What is remembered and what is told change together, so that a happening is told once.
  private void look(TriggerDefinition trigger, Definition definition, Happening happening) {
    database.write(tx -> {
      var before = tx.first("SELECT mark FROM trigger_state WHERE name = ? AND about = ?",
          row -> row.text(1), trigger.name(), happening.about());
      if (!happening.isLater(before)) {
        return false;
      }
      int changed = before.isPresent()
          ? tx.update("UPDATE trigger_state SET mark = ? WHERE name = ? AND about = ? AND mark = ?", happening.mark(),
              trigger.name(), happening.about(), before.get())
          : tx.update("INSERT INTO trigger_state (name, about, mark) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
              trigger.name(), happening.about(), happening.mark());
      if (changed == 1 && happening.isNews(before, definition.appliedAt())) {
        notices.add(tx, UUID.randomUUID().toString(), about(trigger.name()), trigger.connection(),
            message(trigger, happening.facts()));
      }
      return true;
    });
  }

  private static ObjectNode message(TriggerDefinition trigger, ObjectNode facts) {
    var message = JsonMapper.shared().createObjectNode().put("type", "trigger." + trigger.when().text())
        .put("trigger", trigger.name()).put("title", trigger.title());
    trigger.when().member().ifPresent(member -> trigger.about().ifPresent(about -> message.put(member, about)));
    trigger.bound().ifPresent(bound -> message.put(bound.isAbove() ? "above" : "below", bound.limit()));
    return message.setAll(facts);
  }

  /// The oldest first, so that the latest mark is remembered last.
  private List<? extends Happening> happenings(TriggerDefinition trigger) {
    return switch (trigger.when()) {
      case SOURCE_FAILED -> failures(trigger);
      case SOURCE_LOADED -> loads(trigger);
      case SEGMENT_SIZE -> size(trigger);
      case MEASURE_VALUE -> value(trigger);
      case REFRESH_ENDED -> ended().filter(Triggers::isPlanned)
          .flatMap(job -> event(job.endedAt(), facts(job))).toList();
      case UNIFICATION_ENDED -> ended().flatMap(job -> job.tasks().stream()
          .filter(task -> task.name().equals("unification") && task.status() == Status.DONE)
          .flatMap(task -> event(task.endedAt(), facts(job).put("note", task.note())))).toList();
    };
  }

  private static Stream<Happening> event(@Nullable Instant at, ObjectNode facts) {
    return at == null ? Stream.of() : Stream.of(new Happening.Event("", at, facts));
  }

  private List<Happening> failures(TriggerDefinition trigger) {
    return tables(trigger).flatMap(table -> table.failure().stream().<Happening>map(failure -> new Happening.Event(
        table.fullName(), failure.at(), facts().put("table", table.fullName())
            .put("problem", failure.problem().message()).put("hint", failure.problem().hint()))))
        .toList();
  }

  private List<Happening> loads(TriggerDefinition trigger) {
    return tables(trigger).flatMap(table -> table.loadedAt().stream().<Happening>map(at -> new Happening.Event(
        table.fullName(), at, facts().put("table", table.fullName()).put("rows", table.rows())
            .put("refused", table.refused()))))
        .toList();
  }

  private Stream<TableState> tables(TriggerDefinition trigger) {
    return sources.tables().stream()
        .filter(table -> trigger.about().map(source -> table.fullName().startsWith(source + ".")).orElse(true));
  }

  private List<Happening> size(TriggerDefinition trigger) {
    return Optional.ofNullable(database.read(segments::sizes).get(trigger.about().orElseThrow()))
        .map(size -> List.of(level(trigger, size))).orElse(List.of());
  }

  /// There is one row; it has no columns but those of its calculations, of which the first counts.
  private List<Happening> value(TriggerDefinition trigger) {
    var measure = definitions.one(Measures.KIND, trigger.about().orElseThrow());
    return measure.map(found -> warehouse.read(session -> measures.results(session, found, 1, 0))).stream()
        .flatMap(rows -> rows.rows().stream()).flatMap(row -> row.stream().limit(1))
        .filter(Number.class::isInstance).map(value -> level(trigger, ((Number) value).doubleValue())).toList();
  }

  private static Happening level(TriggerDefinition trigger, double value) {
    return new Happening.Level(trigger.bound().orElseThrow().isPassed(value), facts().put("value", value));
  }

  private Stream<Job> ended() {
    return jobs.recent(Refresh.JOB, LOOKED_BACK).reversed().stream().filter(job -> job.endedAt() != null);
  }

  /// A refresh that somebody asked for sends nothing, so it has no such task.
  private static boolean isPlanned(Job job) {
    return job.tasks().stream().map(TaskState::name).anyMatch(Refresh.EXPORTS::equals);
  }

  private static ObjectNode facts() {
    return JsonMapper.shared().createObjectNode();
  }

  private static ObjectNode facts(Job job) {
    return facts().put("job", job.id().toString()).put("status", job.status().text())
        .put("startedAt", job.startedAt().toString()).put("endedAt", String.valueOf(job.endedAt()))
        .put("problem", job.problem().map(Problem::message).orElse(""));
  }
}
