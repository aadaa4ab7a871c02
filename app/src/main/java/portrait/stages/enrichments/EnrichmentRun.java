package portrait.stages.enrichments;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Gatherers;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Fingerprint;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.stages.enrichments.AnswerTable.Entry;
import portrait.stages.enrichments.AnswerTable.Outcome;
import portrait.stages.enrichments.AnswerTable.Standing;
import portrait.stages.enrichments.EnrichmentReport.Counts;
import portrait.stages.enrichments.TicketTable.Ticket;
import portrait.stages.enrichments.Whom.Somebody;
import portrait.stages.enrichments.providers.Asking;
import portrait.stages.enrichments.providers.Asking.Answer;
import portrait.stages.enrichments.providers.Asking.Question;
import portrait.stages.enrichments.providers.Asking.Reply;

/// The work of one run: everybody it is about, in the order of their numbers, is held against what was answered before;
/// only questions that are new are asked. Answers are kept call by call, so a run that is cut short is gone on with by
/// the next and nobody is paid twice. Memory holds a slice, however many customers there are.
final class EnrichmentRun {

  private static final int SLICE = 500;
  private static final int FAILURES_MAX = 5;
  private static final int THROTTLES_MAX = 200;
  private static final Duration WORKING_MAX = Duration.ofHours(24);
  /** A run that is silent for minutes is taken for one that was cut off. */
  private static final Duration HEARD_EVERY = Duration.ofMinutes(1);
  private static final Duration BACK_OFF = Duration.ofSeconds(1);
  private static final Duration BACK_OFF_MAX = Duration.ofMinutes(5);

  private final EnrichmentDefinition enrichment;
  private final Inputs inputs;
  private final Mapping mapping;
  private final String question;
  private final AnswerTable answers;
  private final TicketTable tickets;
  private final Whom whom;
  private final Predicate<Map<String, String>> isEnough;
  private final ToLongFunction<Map<String, String>> price;
  private final Database database;
  private final Clock clock;
  private final Pause pause;
  private final Standing wanted;
  private long seen;
  private long unchanged;
  private long reused;
  private long asked;
  private long nothing;
  private long refused;
  private long lacking;
  private long retries;
  private long waitedMillis;
  private long credits;
  private Checkpoint checkpoint = _ -> {};
  /** Answers to what runs before had sent. */
  private final Map<String, Answer> left = new HashMap<>();

  /// Waits; tests do not.
  @FunctionalInterface
  interface Pause {
    void sleep(Duration time) throws InterruptedException;
  }

  /// Hears how far a run is.
  @FunctionalInterface
  interface Checkpoint {
    void reached(Counts counts);
  }

  /// @param edition of what the provider knows
  /// @param isEnough whether what is known of somebody is enough to be asked about
  /// @param price of a question, in credits
  EnrichmentRun(EnrichmentDefinition enrichment, Inputs inputs, String edition,
      Predicate<Map<String, String>> isEnough, ToLongFunction<Map<String, String>> price, Whom whom, Database database,
      Clock clock, Pause pause) {
    this.enrichment = enrichment;
    this.inputs = inputs;
    this.mapping = new Mapping(enrichment);
    this.question = Fingerprint.of(List.of(enrichment.question(), edition));
    this.answers = new AnswerTable(enrichment.name());
    this.tickets = new TicketTable(enrichment.name());
    this.whom = whom;
    this.isEnough = isEnough;
    this.price = price;
    this.database = database;
    this.clock = clock;
    this.pause = pause;
    this.wanted = enrichment.isInProfile() ? Standing.PROFILE : Standing.TABLE;
  }

  /// Somebody to be asked about.
  private record Member(CustomerId id, long anchor, Map<String, String> values, String inputs,
      @Nullable Entry before) {}

  /// What one slice comes to.
  ///
  /// @param settled answers that need not be asked for, but must be seen otherwise than now
  /// @param next where the next slice begins
  private record Plan(List<Member> toAsk, List<Entry> settled, Optional<String> next) {}

  Counts counts(long calls) {
    return new Counts(seen, database.read(answers::enriched), unchanged, reused, asked, nothing, refused, lacking,
        calls, retries, waitedMillis, database.read(answers::doubtful), credits);
  }

  void run(Asking asking, Checkpoint reached, Progress progress) throws InterruptedException {
    checkpoint = reached;
    progress.expect(database.read(tx -> whom.size(tx, enrichment)));
    var unfinished = database.read(tickets::all);
    for (var ticket : unfinished) {
      finish(asking, ticket, progress);
    }
    var place = Optional.of("");
    while (place.isPresent()) {
      String from = place.get();
      long before = seen;
      var plan = database.read(tx -> plan(tx, from));
      show(plan.settled());
      ask(asking, plan.toAsk(), progress);
      checkpoint.reached(counts(asking.calls()));
      progress.done(seen - before);
      place = plan.next();
    }
    setAside(progress);
    database.write(tx -> {
      unfinished.forEach(ticket -> TicketTable.remove(tx, ticket.id()));
      return unfinished.size();
    });
  }

  /// What a run that was cut short had sent is paid for: its answers are fetched, not asked for again.
  private void finish(Asking asking, Ticket ticket, Progress progress) throws InterruptedException {
    var said = ticket.name().isEmpty()
        ? refused(ticket.questions().size(), "the run was cut off while this was sent: it may have been paid for")
        : collected(asking, ticket.name(), ticket.questions().size(), progress);
    for (int place = 0; place < said.size(); place++) {
      left.put(ticket.questions().get(place), said.get(place));
    }
  }

  private static List<Answer> refused(int questions, String why) {
    return Collections.nCopies(questions, new Answer.Refused(why, true));
  }

  /// Counts what a run would ask, without asking.
  Counts rehearse() {
    var questions = new HashSet<String>();
    database.read(tickets::all).forEach(ticket -> questions.addAll(ticket.questions()));
    var place = Optional.of("");
    while (place.isPresent()) {
      String from = place.get();
      var plan = database.read(tx -> plan(tx, from));
      plan.toAsk().forEach(member -> {
        if (questions.add(member.inputs())) {
          asked++;
          credits += price.applyAsLong(member.values());
        } else {
          reused++;
        }
      });
      place = plan.next();
    }
    return counts(0);
  }

  private Plan plan(Transaction tx, String after) {
    var slice = whom.after(tx, enrichment, inputs.readsMeasures(), after, SLICE);
    var plan = new Plan(new ArrayList<>(), new ArrayList<>(), slice.next());
    slice.somebody().forEach(somebody -> consider(tx, somebody, plan));
    return plan;
  }

  private void consider(Transaction tx, Somebody somebody, Plan plan) {
    seen++;
    var id = somebody.id();
    var before = answers.of(tx, id).orElse(null);
    long anchor = before != null && somebody.anchors().contains(before.anchor()) ? before.anchor()
        : somebody.anchors().getFirst();
    var told = inputs.of(somebody.subject(), clock.instant()).filter(isEnough);
    if (told.isEmpty()) {
      lacking++;
      if (before != null && before.standing() != Standing.ASIDE) {
        plan.settled().add(before.standing(Standing.ASIDE, before.anchor()));
      }
      return;
    }
    String fingerprint = fingerprint(told.get());
    if (before != null && before.inputs().equals(fingerprint) && holds(before)) {
      unchanged++;
      if (before.standing() != wanted || before.anchor() != anchor) {
        plan.settled().add(before.standing(wanted, anchor));
      }
      return;
    }
    var member = new Member(id, anchor, told.get(), fingerprint, before);
    answers.to(tx, fingerprint).filter(this::holds).ifPresentOrElse(other -> {
      reused++;
      plan.settled().add(entry(member, other.outcome(), other.attributes(), other.reason(), other));
    }, () -> plan.toAsk().add(member));
  }

  private boolean holds(Entry answer) {
    OptionalInt days = enrichment.againAfterDays();
    return answer.outcome().isFinal() && (days.isEmpty()
        || answer.askedAt().plus(Duration.ofDays(days.getAsInt())).isAfter(clock.instant()));
  }

  private String fingerprint(Map<String, String> values) {
    return Fingerprint.of(List.of(question, new TreeMap<>(values).toString()));
  }

  /// Of several customers with the same question one is asked about, for all of them.
  private void ask(Asking asking, List<Member> members, Progress progress) throws InterruptedException {
    var sameQuestion = new LinkedHashMap<String, List<Member>>();
    members.forEach(member -> sameQuestion.computeIfAbsent(member.inputs(), _ -> new ArrayList<>()).add(member));
    var known = sameQuestion.keySet().stream().filter(left::containsKey).toList();
    answer(known.stream().map(sameQuestion::get).toList(), known.stream().map(left::get).toList());
    reused += known.size();
    known.forEach(sameQuestion::remove);
    for (var some : sameQuestion.values().stream().gather(Gatherers.windowFixed(asking.questionsMax())).toList()) {
      send(asking, some, progress);
    }
  }

  /// Asks until there is an answer. What costs something is written down before it is sent, and the ticket as soon as it
  /// is known, so that whenever a run is cut off the next one knows what was paid for.
  private void send(Asking asking, List<List<Member>> some, Progress progress) throws InterruptedException {
    var questions = some.stream().map(alike -> new Question(alike.getFirst().values())).toList();
    var fingerprints = some.stream().map(alike -> alike.getFirst().inputs()).toList();
    long cost = questions.stream().mapToLong(question -> price.applyAsLong(question.values())).sum();
    var patience = new Patience();
    while (true) {
      progress.check();
      Optional<UUID> intent = cost == 0 ? Optional.empty()
          : Optional.of(database.write(tx -> tickets.intend(tx, fingerprints, clock.instant())));
      var reply = asked(asking, questions, intent);
      switch (reply) {
        case Reply.TryLater later -> {
          forget(intent);
          patience.waitFor(later);
          continue;
        }
        case Reply.Answered(var said) -> {
          credits += cost;
          answer(some, whole(said, questions.size()));
        }
        case Reply.Taken(String name) -> {
          credits += cost;
          intent.ifPresent(id -> database.write(tx -> {
            TicketTable.taken(tx, id, name);
            return true;
          }));
          checkpoint.reached(counts(asking.calls()));
          answer(some, collected(asking, name, questions.size(), progress));
        }
        case Reply.Unknown(String why) -> {
          credits += cost;
          answer(some, refused(questions.size(), why));
        }
        case Reply.Working _ -> throw new IllegalStateException("it works on what nobody asked");
      }
      asked += questions.size();
      forget(intent);
      return;
    }
  }

  private Reply asked(Asking asking, List<Question> questions, Optional<UUID> intent) throws InterruptedException {
    try {
      return asking.ask(questions);
    } catch (ProblemException refused) {
      // It said no to all of it, so nothing was paid for.
      forget(intent);
      throw refused;
    }
  }

  private void forget(Optional<UUID> ticket) {
    ticket.ifPresent(id -> database.write(tx -> {
      TicketTable.remove(tx, id);
      return true;
    }));
  }

  private List<Answer> collected(Asking asking, String ticket, int questions, Progress progress)
      throws InterruptedException {
    var patience = new Patience();
    var heard = clock.instant();
    var until = heard.plus(WORKING_MAX);
    while (true) {
      progress.check();
      switch (asking.collect(ticket, questions)) {
        case Reply.Answered(var said) -> {
          return whole(said, questions);
        }
        case Reply.TryLater later -> patience.waitFor(later);
        case Reply.Working(var after) -> {
          if (clock.instant().isAfter(until)) {
            throw Problem.of(Problem.Code.SERVER_UNREACHABLE, "there is no answer after %d hours"
                .formatted(WORKING_MAX.toHours()), "The next run asks for it once more; nothing is paid again.")
                .asException();
          }
          // It goes on over there, so what went wrong before is past.
          patience = new Patience();
          if (clock.instant().isAfter(heard.plus(HEARD_EVERY))) {
            heard = clock.instant();
            checkpoint.reached(counts(asking.calls()));
          }
          sleep(after);
        }
        case Reply.Taken _,Reply.Unknown _ -> throw new IllegalStateException("it was asked for answers only");
      }
    }
  }

  private static List<Answer> whole(List<Answer> said, int questions) {
    if (said.size() != questions) {
      throw new IllegalStateException("%d answers to %d questions".formatted(said.size(), questions));
    }
    return said;
  }

  private void sleep(Duration time) throws InterruptedException {
    waitedMillis += time.toMillis();
    pause.sleep(time);
  }

  /// How long one place is waited for.
  private final class Patience {

    private int failures;
    private int throttles;

    void waitFor(Reply.TryLater later) throws InterruptedException {
      int tries = later.isThrottled() ? ++throttles : ++failures;
      if (tries > (later.isThrottled() ? THROTTLES_MAX : FAILURES_MAX)) {
        throw Problem.of(Problem.Code.SERVER_UNREACHABLE, "%s, %d times".formatted(later.why(), tries),
            "What was answered before is kept. Run it again later.").asException();
      }
      var wait = BACK_OFF.multipliedBy(1L << Math.min(tries - 1, 10));
      retries++;
      sleep(later.after().orElse(wait.compareTo(BACK_OFF_MAX) > 0 ? BACK_OFF_MAX : wait));
    }
  }

  /// Of several customers with the same question one was asked about, for all of them.
  private void answer(List<List<Member>> some, List<Answer> said) {
    var entries = new ArrayList<Entry>();
    for (int place = 0; place < said.size(); place++) {
      var answer = said.get(place);
      some.get(place).forEach(member -> entries.add(entry(member, answer)));
      reused += some.get(place).size() - 1;
    }
    show(entries);
  }

  private Entry entry(Member member, Answer answer) {
    return switch (answer) {
      case Answer.Found(var said, boolean isCertain) -> {
        var attributes = mapping.of(said, clock.instant());
        if (attributes.isEmpty()) {
          nothing++;
        }
        yield entry(member, attributes.isEmpty() ? Outcome.NOTHING
            : isCertain ? Outcome.FOUND : Outcome.DOUBTFUL, new TreeMap<>(attributes), "",
            null);
      }
      case Answer.Nothing() -> {
        nothing++;
        yield entry(member, Outcome.NOTHING, Map.of(), "", null);
      }
      case Answer.Refused(String reason, boolean isFinal) -> {
        refused++;
        yield entry(member, isFinal ? Outcome.REFUSED : Outcome.FAILED, Map.of(), reason, null);
      }
    };
  }

  /// @param from the answer to the same question, where it was asked about somebody else
  private Entry entry(Member member, Outcome outcome, Map<String, @Nullable Object> attributes, String reason,
      @Nullable Entry from) {
    var before = member.before();
    var now = clock.instant();
    var askedAt = from == null ? now : from.askedAt();
    // An answer that stays the same keeps its date, so that nothing is written anew.
    var saidAt = before != null && before.outcome() == outcome && before.attributes().equals(attributes)
        ? before.saidAt()
        : from == null ? now : from.saidAt();
    return new Entry(member.id(), member.anchor(), member.inputs(), outcome, attributes, reason, askedAt, saidAt,
        wanted);
  }

  private void show(List<Entry> entries) {
    if (!entries.isEmpty()) {
      whom.show(enrichment, entries);
    }
  }

  /// Who is not asked about any more: they left the segment, or became part of somebody else.
  private void setAside(Progress progress) {
    String after = "";
    while (true) {
      String from = after;
      var some = database.read(tx -> answers.shownAfter(tx, from, SLICE));
      if (some.isEmpty()) {
        return;
      }
      progress.check();
      var gone = database.read(tx -> some.stream()
          .filter(entry -> !whom.isMeant(tx, enrichment, entry.customer()))
          .map(entry -> entry.standing(Standing.ASIDE, entry.anchor())).toList());
      show(gone);
      after = some.getLast().customer().toString();
    }
  }

  /// What came of it, for people.
  static String said(Counts counts) {
    return "%,d of %,d enriched; %,d asked, %,d as before, %,d known from others, %,d refused%s".formatted(
        counts.enriched(), counts.customers(), counts.asked(), counts.unchanged(), counts.reused(), counts.refused(),
        counts.credits() == 0 ? "" : "; %,d credits".formatted(counts.credits()));
  }
}
