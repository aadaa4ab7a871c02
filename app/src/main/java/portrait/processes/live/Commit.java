package portrait.processes.live;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.processes.live.Waiting.Entry;
import portrait.processes.live.Waiting.Outcome;
import portrait.stages.accounts.AccountContacts;
import portrait.stages.events.Collected;
import portrait.stages.events.Event;
import portrait.stages.events.EventType;
import portrait.stages.events.Events;
import portrait.stages.identity.CustomerKey;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.identity.Sighting;
import portrait.stages.profiles.Fragment;
import portrait.stages.profiles.Profiles;
import portrait.stages.suppression.Suppression;
import portrait.stages.unification.LiveMatching;

/// The seam that owns durability: a group of messages becomes one transaction, and is acknowledged after it.
final class Commit {

  private static final Logger LOG = LoggerFactory.getLogger(Commit.class);

  private final Database database;
  private final Events events;
  private final IdentityGraph identities;
  private final LiveMatching matching;
  private final Profiles profiles;
  private final AccountContacts accounts;
  private final Evaluation evaluation;
  private final Suppression suppression;
  private final Unsettled unsettled;
  private final Clock clock;

  Commit(Database database, Events events, IdentityGraph identities, LiveMatching matching, Profiles profiles,
      AccountContacts accounts, Evaluation evaluation, Suppression suppression, Unsettled unsettled, Clock clock) {
    this.database = database;
    this.events = events;
    this.identities = identities;
    this.matching = matching;
    this.profiles = profiles;
    this.accounts = accounts;
    this.evaluation = evaluation;
    this.suppression = suppression;
    this.unsettled = unsettled;
    this.clock = clock;
  }

  /// Applies the group. A message that the store cannot take must not fail the others, so a group that fails is halved
  /// until the culprit stands alone; that one goes to the quarantine.
  ///
  /// @return what to tell each request, once [#force] has made it durable
  List<Answer> group(List<Entry> group) {
    var answers = new ArrayList<Answer>(group.size());
    try {
      recover();
    } catch (RuntimeException stillBroken) {
      LOG.error("what was acknowledged cannot be brought into the store yet: {}", stillBroken.getMessage());
      fail(group);
      return answers;
    }
    halve(List.copyOf(group), answers, new Making() {
      @Override
      public List<Outcome> durable(GroupRecord record, Function<Transaction, List<Outcome>> work) {
        return database.defer(record::bytes, work);
      }
    }, clock.instant());
    return answers;
  }

  /// What became of one message.
  record Answer(Entry entry, Outcome outcome) {}

  /// Makes what was applied durable, then tells the requests.
  void acknowledge(List<Answer> answers) {
    try {
      database.force();
    } catch (RuntimeException failure) {
      LOG.error("{} messages were applied but may not be durable", answers.size(), failure);
      fail(answers.stream().map(Answer::entry).toList());
      return;
    }
    answers.forEach(answer -> answer.entry().done(answer.outcome()));
  }

  /// Applies again what was acknowledged before the process died, or before the disk was full. Message ids keep what was
  /// done twice from counting twice.
  synchronized void recover() {
    database.recover((bytes, redo) -> {
      var record = GroupRecord.of(bytes);
      halve(Waiting.entries(record.messages()), new ArrayList<>(), new Making() {
        @Override
        public List<Outcome> durable(GroupRecord again, Function<Transaction, List<Outcome>> work) {
          return redo.write(work);
        }
      }, record.now());
    });
  }

  /// How a change is made.
  private interface Making {
    List<Outcome> durable(GroupRecord record, Function<Transaction, List<Outcome>> work);
  }

  /// False when the store itself fails: then halving on would only repeat the failure.
  private boolean halve(List<Entry> group, List<Answer> answers, Making making, Instant now) {
    List<Outcome> outcomes;
    try {
      var record = new GroupRecord(now, group.stream().map(Entry::message).toList());
      outcomes = making.durable(record, transaction -> apply(transaction, group, now));
    } catch (RuntimeException | Error failure) {
      if (group.size() == 1) {
        LOG.warn("a message cannot be applied", failure);
        return isolate(group.getFirst(), failure, answers, making, now);
      }
      LOG.debug("a group of {} messages cannot be applied, halving it", group.size(), failure);
      int middle = group.size() / 2;
      if (halve(group.subList(0, middle), answers, making, now)) {
        return halve(group.subList(middle, group.size()), answers, making, now);
      }
      fail(group.subList(middle, group.size()));
      return false;
    }
    for (int i = 0; i < group.size(); i++) {
      answers.add(new Answer(group.get(i), outcomes.get(i)));
    }
    return true;
  }

  private boolean isolate(Entry entry, Throwable failure, List<Answer> answers, Making making, Instant now) {
    try {
      // What another failure says may quote the event, so only its kind is kept.
      var reason = failure instanceof ProblemException known ? known.problem()
          : Problem.of(Problem.Code.INTERNAL,
              "the message could not be applied (%s)".formatted(failure.getClass().getSimpleName()));
      var refused = switch (entry.message()) {
        case Collected.Refused already -> already;
        case Collected.Accepted accepted -> accepted.refused(reason);
      };
      making.durable(new GroupRecord(now, List.of(refused)), transaction -> {
        events.quarantine(transaction, refused);
        return List.of(new Outcome.Refused());
      });
      answers.add(new Answer(entry, new Outcome.Objected(reason)));
      return true;
    } catch (RuntimeException | Error broken) {
      fail(List.of(entry));
      return false;
    }
  }

  private static void fail(List<Entry> entries) {
    var problem = Problem.of(Problem.Code.STORE_FAILED, "the profile store cannot be written",
        "Look at the log of the server: the disk may be full, or the database out of reach.");
    entries.forEach(entry -> entry.request().failed(problem));
  }

  /// One transaction: drop repeats, append events, resolve identities, keep traits; then, once per customer however
  /// many messages it got, merge, measure and segment.
  private List<Outcome> apply(Transaction transaction, List<Entry> group, Instant now) {
    var outcomes = new ArrayList<Outcome>(group.size());
    var changes = new TreeMap<Long, Change>();
    var gathering = unsettled.gather(transaction);
    var toMatch = new TreeSet<Long>();
    long position = events.reserve(transaction, group.size());
    var suppressed = suppression.list(transaction);
    for (var entry : group) {
      outcomes.add(switch (entry.message()) {
        case Collected.Refused refused -> {
          if (suppressed.mentions(refused.original().bytes())) {
            yield new Outcome.Withheld();
          }
          events.quarantine(transaction, refused);
          yield new Outcome.Refused();
        }
        case Collected.Accepted collected -> {
          var accepted = collected.event().type() == EventType.ALIAS ? aliased(transaction, collected) : collected;
          if (suppressed.hasAny(accepted.event().identities())) {
            yield new Outcome.Withheld();
          }
          // Asked before anything is written, so that the others of the group need not be written again.
          var objection = identities.objection(accepted.event().identities());
          if (objection.isPresent()) {
            events.quarantine(transaction, collected.refused(objection.get()));
            yield new Outcome.Objected(objection.get());
          }
          if (!events.isFirst(transaction, accepted.event().id(), accepted.event().receivedAt())) {
            yield new Outcome.Repeated();
          }
          apply(transaction, accepted, position++, changes, gathering, toMatch);
          yield new Outcome.Accepted();
        }
      });
    }
    int withheld = Math.toIntExact(outcomes.stream().filter(Outcome.Withheld.class::isInstance).count());
    if (withheld > 0) {
      suppression.dropped(transaction, withheld);
    }
    for (long anchor : toMatch) {
      match(transaction, anchor, changes, gathering, now);
    }
    for (var change : changes.values()) {
      gathering.changed(change.customer(), evaluation.refresh(transaction, change, now));
    }
    return outcomes;
  }

  /// The earlier id of an alias is a visitor's, unless it is known as a user's only: libraries send either.
  private Collected.Accepted aliased(Transaction transaction, Collected.Accepted alias) {
    return alias.withIdentities(alias.event().identities().stream().map(identity -> {
      var asUser = new Identity("user_id", identity.value());
      return identity.namespace().equals("anonymous_id") && identities.find(transaction, identity).isEmpty()
          && identities.find(transaction, asUser).isPresent() ? asUser : identity;
    }).toList());
  }

  private void apply(Transaction transaction, Collected.Accepted message, long position,
      Map<Long, Change> changes, Gathering gathering, Set<Long> toMatch) {
    var event = message.event();
    var resolution = identities.resolve(transaction,
        new Sighting(event.identities(), event.source(), event.id(), event.timestamp()));
    events.append(transaction, position, resolution.anchor(), message);
    gathering.named(event.identities(), resolution.customer());
    var change = change(changes, resolution.customer());
    change.happened(event);
    var attributes = Profiles.attributes(event);
    if (!attributes.isEmpty()) {
      profiles.putFragment(transaction,
          new Fragment(resolution.anchor(), Event.LIVE, attributes, event.timestamp()));
      change.said(attributes.keySet());
      if (matching.reads(attributes.keySet())) {
        toMatch.add(resolution.anchor());
      }
      if (accounts.reads(attributes.keySet())) {
        identities.identities(transaction, Set.of(resolution.anchor())).values().forEach(
            identity -> accounts.said(transaction, identity, profiles.sent(transaction, resolution.anchor())));
      }
    }
    if (resolution.isNew() || !resolution.absorbed().isEmpty()) {
      change.everything();
    }
    for (var absorbed : resolution.absorbed()) {
      changes.remove(absorbed.number());
      gathering.changed(absorbed, Optional.empty());
      evaluation.absorb(transaction, absorbed, resolution.customer());
    }
    for (var other : resolution.changed()) {
      change.everything();
      change(changes, other).everything();
    }
  }

  /// Whom the match rules hold for the same customer now, after what was said about an identity.
  private void match(Transaction transaction, long anchor, Map<Long, Change> changes, Gathering gathering,
      Instant now) {
    var regrouped = matching.said(transaction, anchor, profiles.sent(transaction, anchor), now);
    for (var absorbed : regrouped.absorbed()) {
      changes.remove(absorbed.number());
      gathering.changed(absorbed, Optional.empty());
      identities.find(transaction, absorbed.id()).ifPresent(into -> {
        evaluation.absorb(transaction, absorbed, into);
        change(changes, into).everything();
      });
    }
    regrouped.changed().forEach(other -> change(changes, other).everything());
  }

  private static Change change(Map<Long, Change> changes, CustomerKey customer) {
    return changes.computeIfAbsent(customer.number(), _ -> new Change(customer));
  }
}
