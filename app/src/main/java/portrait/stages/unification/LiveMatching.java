package portrait.stages.unification;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Migrations;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.Identity;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.identity.KnownMatch;
import portrait.stages.identity.NumberedMatch;
import portrait.stages.identity.Regrouped;
import portrait.stages.unification.LiveRule.Standing;
import portrait.stages.unification.UnificationDefinition.MatchRule;

/// The match rules between two refreshes: a record that is new or changed is matched against all others at once.
///
/// Which records a rule holds for one person is a function of the keys of all records, never of the order in which they
/// came. So a change of one record is answered by deciding anew about it and about those whose best match it was or is;
/// the next whole run finds the same pairs ([Matching] is the same in SQL, and a differential test holds the two
/// together). What applications sent counts as a row of every table of a rule, of less importance than all of them.
public final class LiveMatching {

  private static final String RULES = "rules";
  private static final String GENERATION = "generation";
  private static final String ROWS_CHANGED = "rows changed";
  private static final String ANY_SENT = "any sent";

  private final Supplier<List<UnificationDefinition>> definitions;
  private final IdentityGraph graph;
  private final Map<Integer, AtomicLong> skipped = new ConcurrentHashMap<>();
  private final AtomicLong asked = new AtomicLong();
  private volatile LivePlan plan = LivePlan.NOTHING;
  private volatile Texts texts = new Texts(LivePlan.NOTHING, "", new LiveTexts(LivePlan.NOTHING, Map.of(),
      Vocabulary.NONE));

  /// How texts are made, and for which state of the store that is right.
  private record Texts(LivePlan plan, String generation, LiveTexts of) {}

  /// The tables by which records are found.
  public static Migrations migrations() {
    return Migrations.beside(LiveMatching.class);
  }

  public LiveMatching(Supplier<List<UnificationDefinition>> definitions, IdentityGraph graph) {
    this.definitions = definitions;
    this.graph = graph;
  }

  LivePlan plan() {
    var current = plan.current(definitions.get());
    plan = current;
    return current;
  }

  /// Whether it matters to a rule that one of these attributes changed. Asked for every event: it looks at nothing that
  /// is not at hand.
  public boolean reads(Set<String> attributes) {
    return plan().reads(attributes);
  }

  /// How often somebody was matched since the start: once for each identity about which a message said something that a
  /// rule reads, and for each row.
  public long asked() {
    return asked.get();
  }

  /// Which rules count between two refreshes, which do not, and why.
  public List<LiveRule> rules(Transaction tx) {
    var current = plan();
    boolean isReady = isReady(tx, current);
    var numbers = new ArrayList<LiveRule>();
    for (int place = 0; place < current.standings().size(); place++) {
      var rule = current.standings().get(place);
      boolean isLive = rule.standing() == Standing.LIVE;
      numbers.add(new LiveRule(rule.name(), isLive && !isReady ? Standing.NOT_READY : rule.standing(),
          isLive ? skipped(place).get() : 0));
    }
    return numbers;
  }

  private AtomicLong skipped(int rule) {
    return skipped.computeIfAbsent(rule, _ -> new AtomicLong());
  }

  /// Whether the keys are those of the rules in force. After a change of the rules the next refresh makes them.
  boolean isReady(Transaction tx, LivePlan current) {
    return !current.isEmpty() && new MatchKeys(tx).state(RULES).orElse("").equals(current.fingerprint());
  }

  /// From now on keys are made by these rules.
  void restart(Transaction tx, LivePlan current) {
    new MatchKeys(tx).state(RULES, current.fingerprint());
    regenerate(tx);
  }

  /// Words or types of columns are others now.
  void regenerate(Transaction tx) {
    var keys = new MatchKeys(tx);
    keys.state(GENERATION, String.valueOf(Long.parseLong(keys.state(GENERATION).orElse("0")) + 1));
  }

  /// Matches what applications say about an identity.
  ///
  /// @param anchor number of the identity
  /// @param attributes everything that they say about it now
  public Regrouped said(Transaction tx, long anchor, Map<String, @Nullable Object> attributes, Instant now) {
    asked.incrementAndGet();
    var current = plan();
    var keys = new MatchKeys(tx);
    // A row's key may be somebody's anchor, too: then the row is what is matched.
    if (!isReady(tx, current) || graph.identities(tx, List.of(anchor)).values().stream()
        .anyMatch(identity -> current.rank(identity.namespace()).isPresent())) {
      return Regrouped.NOBODY;
    }
    var next = texts(keys, current).keys(anchor, attributes);
    if (Set.copyOf(keys.of(anchor)).equals(Set.copyOf(next))) {
      return Regrouped.NOBODY;
    }
    return put(tx, current, keys, anchor, next, now);
  }

  /// The same, whether or not its keys are others now.
  Regrouped saidAnew(Transaction tx, long anchor, Map<String, @Nullable Object> attributes, Instant now) {
    var current = plan();
    var keys = new MatchKeys(tx);
    return put(tx, current, keys, anchor, texts(keys, current).keys(anchor, attributes), now);
  }

  private Regrouped put(Transaction tx, LivePlan current, MatchKeys keys, long anchor, List<MatchKey> next,
      Instant now) {
    keys.remove(List.of(anchor));
    keys.add(next.stream().distinct().toList());
    if (!next.isEmpty() && keys.state(ANY_SENT).isEmpty()) {
      keys.state(ANY_SENT, "yes");
    }
    return new Decision(tx, current, keys, now).about(anchor, LivePlan.SENT);
  }

  private LiveTexts texts(MatchKeys keys, LivePlan current) {
    String generation = keys.state(GENERATION).orElse("");
    var known = texts;
    if (known.plan() != current || !known.generation().equals(generation)) {
      known = new Texts(current, generation, new LiveTexts(current, keys.types(), keys.vocabulary()));
      texts = known;
    }
    return known.of();
  }

  /// Matches rows of one table that changed.
  ///
  /// @param numbers of the rows' identities
  public Regrouped rows(Transaction tx, LiveRows rows, Map<Identity, Long> numbers, Instant now) {
    var current = plan();
    var keys = new MatchKeys(tx);
    var byNumber = rows.keys(numbers);
    keys.remove(byNumber.keySet());
    byNumber.values().forEach(keys::add);
    var regrouped = Regrouped.NOBODY;
    for (long record : byNumber.keySet()) {
      asked.incrementAndGet();
      regrouped = regrouped.then(new Decision(tx, current, keys, now).about(record, rows.tab()));
    }
    for (var record : rows.records()) {
      for (var decision : keys.decisions(record.key()).entrySet()) {
        if (!decision.getValue() && graph.numberOf(tx, decision.getKey()).isPresent()) {
          regrouped = regrouped.then(new Regrouped(List.copyOf(graph.separate(tx, record.key(), decision.getKey(),
              CustomMatches.NEVER_NAME, now, "").touched()), List.of()));
        }
      }
    }
    return regrouped;
  }

  /// Keeps the keys of rows whose matches with each other are decided elsewhere, and decides about what applications
  /// sent.
  Regrouped indexed(Transaction tx, Map<Long, List<MatchKey>> rows, Instant now) {
    var keys = new MatchKeys(tx);
    boolean isAnySent = keys.state(ANY_SENT).isPresent();
    keys.remove(rows.keySet());
    keys.add(rows.values().stream().flatMap(List::stream).toList());
    var regrouped = Regrouped.NOBODY;
    if (isAnySent) {
      var decision = new Decision(tx, plan(), keys, now);
      var sent = new TreeSet<Long>();
      rows.keySet().forEach(record -> decision.addSent(record, sent));
      for (long record : sent) {
        regrouped = regrouped.then(decision.decide(record, LivePlan.SENT));
      }
    }
    return regrouped;
  }

  /// A text that is another one after each change of matches between rows; empty when none changed since
  /// [#rowsAreTold].
  Optional<String> rowsChanged(Transaction tx) {
    return new MatchKeys(tx).state(ROWS_CHANGED);
  }

  /// Whether rows were matched since the last refresh, so that its links between rows are not those of now.
  public boolean isAheadOfRefresh(Transaction tx) {
    return rowsChanged(tx).isPresent();
  }

  void rowsAreTold(Transaction tx, String changed) {
    tx.update("DELETE FROM match_state WHERE name = ? AND said = ?", ROWS_CHANGED, changed);
  }

  /// Makes the keys and live links of what applications say about an identity those that follow from it. Nothing is wrong
  /// while the keys of the rules in force are not made yet.
  ///
  /// @param attributes everything that they say about it now
  /// @return what was wrong
  public List<MatchFlaw> audit(Transaction tx, long anchor, Map<String, @Nullable Object> attributes, Instant now) {
    var current = plan();
    var keys = new MatchKeys(tx);
    if (!isReady(tx, current) || graph.identities(tx, List.of(anchor)).values().stream()
        .anyMatch(identity -> current.rank(identity.namespace()).isPresent())) {
      return List.of();
    }
    var flaws = new ArrayList<MatchFlaw>();
    var right = texts(keys, current).keys(anchor, attributes);
    if (!Set.copyOf(keys.of(anchor)).equals(Set.copyOf(right))) {
      flaws.add(new MatchFlaw(MatchFlaw.KEYS, Set.of(anchor)));
    }
    var before = liveMatches(tx, anchor);
    put(tx, current, keys, anchor, right, now);
    var after = liveMatches(tx, anchor);
    if (!before.equals(after)) {
      var about = new TreeSet<>(before);
      about.addAll(after);
      about.add(anchor);
      flaws.add(new MatchFlaw(MatchFlaw.LINK, about));
    }
    return flaws;
  }

  private Set<Long> liveMatches(Transaction tx, long number) {
    return graph.matches(tx, number, Unification.LIVE_ORIGIN, Unification.LIVE_ORIGIN).stream().map(KnownMatch::number)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// The same for the keys of rows, whose matches with each other are the refresh's.
  ///
  /// @param numbers of the rows' identities
  public List<MatchFlaw> audit(Transaction tx, LiveRows rows, Map<Identity, Long> numbers, Instant now) {
    if (!isReady(tx, plan())) {
      return List.of();
    }
    var keys = new MatchKeys(tx);
    var wrong = new LinkedHashMap<Long, List<MatchKey>>();
    rows.keys(numbers).forEach((number, right) -> {
      if (!Set.copyOf(keys.of(number)).equals(Set.copyOf(right))) {
        wrong.put(number, right);
      }
    });
    indexed(tx, wrong, now);
    return wrong.keySet().stream().map(number -> new MatchFlaw(MatchFlaw.KEYS, Set.of(number))).toList();
  }

  /// Identities about which applications said something that rules read.
  public List<Long> sent(Transaction tx) {
    return tx.query("SELECT DISTINCT record FROM match_key WHERE tab = ? ORDER BY record", row -> row.number(1),
        LivePlan.SENT);
  }

  /// Forgets the keys of identities that are no more.
  public void forget(Transaction tx, Collection<Long> numbers) {
    new MatchKeys(tx).remove(numbers);
  }

  /// What follows from the keys of one record having changed.
  private final class Decision {

    private final Transaction tx;
    private final LivePlan plan;
    private final MatchKeys keys;
    private final Instant now;
    /// Whether a key was passed over: then a link that is there may well be right.
    private boolean isUnsure;

    Decision(Transaction tx, LivePlan plan, MatchKeys keys, Instant now) {
      this.tx = tx;
      this.plan = plan;
      this.keys = keys;
      this.now = now;
    }

    /// @param tab of its table
    Regrouped about(long record, int tab) {
      // By number, so that what happens does not depend on the order in which the store finds them.
      var others = new LinkedHashMap<Long, Integer>();
      others.put(record, tab);
      if (tab != LivePlan.SENT) {
        candidates(record, false).values().forEach(found -> {
          if (isLess(found.record(), found.tab(), record, tab)) {
            others.put(found.record(), found.tab());
          }
        });
        for (var known : graph.matches(tx, record, Unification.ORIGIN, Unification.LIVE_ORIGIN)) {
          int rank = plan.rank(known.partner().namespace()).orElse(LivePlan.SENT);
          if (isLess(known.number(), rank, record, tab)) {
            others.put(known.number(), rank);
          }
        }
        decided(record, (other, _) -> {
          if (isLess(other.number(), other.tab(), record, tab)) {
            others.put(other.number(), other.tab());
          }
        });
      }
      var regrouped = Regrouped.NOBODY;
      for (var other : others.entrySet()) {
        regrouped = regrouped.then(decide(other.getKey(), other.getValue()));
      }
      return regrouped;
    }

    /// What applications sent that a row matches, or did.
    void addSent(long row, Set<Long> sent) {
      candidates(row, false).values().stream().filter(found -> found.tab() == LivePlan.SENT)
          .forEach(found -> sent.add(found.record()));
      graph.matches(tx, row, Unification.LIVE_ORIGIN, Unification.LIVE_ORIGIN).stream()
          .filter(match -> plan.rank(match.partner().namespace()).isEmpty())
          .forEach(match -> sent.add(match.number()));
    }

    /// Whether the one is of less importance than the other; among equals, the one that is known shorter.
    private boolean isLess(long one, int oneTab, long other, int otherTab) {
      return oneTab == otherTab ? one > other
          : oneTab == LivePlan.SENT || otherTab != LivePlan.SENT && oneTab > otherTab;
    }

    /// Makes the record's links to more important ones what the rules say.
    Regrouped decide(long record, int tab) {
      isUnsure = false;
      var wanted = candidates(record, true);
      wanted.values().removeIf(found -> tab != LivePlan.SENT && isLess(found.record(), found.tab(), record, tab));
      stopAtFirstHit(wanted, tab);
      var decided = tab == LivePlan.SENT ? Map.<Long, Boolean>of() : decisions(record, tab);
      var said = new ArrayList<NumberedMatch>();
      var unsaid = new HashMap<String, List<NumberedMatch>>();
      var known = new LinkedHashSet<Long>();
      for (var match : graph.matches(tx, record, Unification.ORIGIN, Unification.LIVE_ORIGIN)) {
        if (isMine(match, record, tab)) {
          known.add(match.number());
          boolean holds = decided.getOrDefault(match.number(), wanted.containsKey(match.number()));
          if (!holds && !isUnsure && isOurs(match)) {
            unsaid.computeIfAbsent(match.origin(), _ -> new ArrayList<>())
                .add(new NumberedMatch(record, match.number(), "", 0, now));
          }
        }
      }
      wanted.forEach((number, found) -> {
        if (!known.contains(number) && decided.getOrDefault(number, true)) {
          said.add(new NumberedMatch(record, number, found.rule().name(), found.score(), now));
        }
      });
      decided.forEach((number, always) -> {
        if (always && !known.contains(number) && !wanted.containsKey(number)) {
          said.add(new NumberedMatch(record, number, CustomMatches.ALWAYS_NAME, 1, now));
        }
      });
      if (tab != LivePlan.SENT && (!said.isEmpty() || !unsaid.isEmpty())) {
        keys.state(ROWS_CHANGED, now.toString() + " " + record);
      }
      return graph.rematch(tx, Unification.LIVE_ORIGIN, said, unsaid.getOrDefault(Unification.LIVE_ORIGIN, List.of()))
          .then(graph.rematch(tx, Unification.ORIGIN, List.of(), unsaid.getOrDefault(Unification.ORIGIN, List.of())));
    }

    private boolean isMine(KnownMatch match, long record, int tab) {
      return tab == LivePlan.SENT
          || !isLess(match.number(), plan.rank(match.partner().namespace()).orElse(LivePlan.SENT),
              record, tab);
    }

    /// A link of a rule that waits for the refresh is not taken back before.
    private boolean isOurs(KnownMatch match) {
      return match.origin().equals(Unification.LIVE_ORIGIN)
          || plan.rules().values().stream().anyMatch(rule -> rule.name().equals(match.rule()));
    }

    /// What people decided about this row and more important ones.
    private Map<Long, Boolean> decisions(long record, int tab) {
      var found = new LinkedHashMap<Long, Boolean>();
      decided(record, (other, decision) -> {
        if (!isLess(other.number(), other.tab(), record, tab)) {
          found.put(other.number(), decision);
        }
      });
      return found;
    }

    private void decided(long record, BiConsumer<Row, Boolean> use) {
      var row = graph.identities(tx, List.of(record)).get(record);
      if (row != null) {
        keys.decisions(row).forEach((other, always) -> graph.numberOf(tx, other).ifPresent(
            number -> use.accept(new Row(number, plan.rank(other.namespace()).orElse(LivePlan.SENT)), always)));
      }
    }

    /// Those that a rule holds for one person with this record, under the first such rule.
    ///
    /// @param isCounted whether keys that too many share are counted
    private Map<Long, Found> candidates(long record, boolean isCounted) {
      var found = new LinkedHashMap<Long, Found>();
      for (var key : keys.of(record)) {
        var rule = plan.rules().get(key.rule());
        if (rule == null) {
          continue;
        }
        var sharing = keys.sharing(key, plan.sharedMax() + 1);
        if (sharing.size() > plan.sharedMax()) {
          isUnsure = true;
          if (isCounted) {
            skipped(key.rule()).incrementAndGet();
          }
          continue;
        }
        for (var other : sharing) {
          if (other.record() != record && key.faces(other.side())) {
            score(rule, key, other).ifPresent(score -> found.merge(other.record(),
                new Found(other.record(), other.tab(), key.rule(), rule, score), Found::better));
          }
        }
      }
      return found;
    }

    /// Of a record's matches with one other table, only those of the first rule that found any.
    private void stopAtFirstHit(Map<Long, Found> wanted, int tab) {
      if (!plan.stopsAtFirstHit()) {
        return;
      }
      var first = new HashMap<Integer, Integer>();
      wanted.values().stream().filter(found -> found.tab() != tab)
          .forEach(found -> first.merge(found.tab(), found.number(), Math::min));
      wanted.values().removeIf(found -> found.tab() != tab
          && Objects.requireNonNull(first.get(found.tab())) != found.number());
    }
  }

  /// @param tab of its table
  private record Row(long number, int tab) {}

  /// @param number of the rule
  private record Found(long record, int tab, int number, MatchRule rule, double score) {

    Found better(Found other) {
      return number < other.number || number == other.number && score >= other.score ? this : other;
    }
  }

  /// The score of two records that agree on what must be the same; empty when the rule does not hold.
  private static OptionalDouble score(MatchRule rule, MatchKey one, MatchKey other) {
    boolean isLeft = one.side() != Matching.Side.RIGHT;
    var left = (isLeft ? one : other).checkedTexts();
    var right = (isLeft ? other : one).checkedTexts();
    double weakest = 1;
    var checks = rule.checks();
    for (int place = 0; place < checks.size(); place++) {
      String l = left.get(place);
      String r = right.get(place);
      boolean isException = checks.get(place) >= rule.conditions().size();
      if (l == null || r == null) {
        if (!isException) {
          return OptionalDouble.empty();
        }
        continue;
      }
      var condition = rule.allConditions().get(checks.get(place));
      double score = condition.compare().of(l, r, 0);
      boolean agrees = condition.compare().of(l, r, condition.threshold()) >= condition.threshold();
      if (isException) {
        if (rule.exceptions().get(checks.get(place) - rule.conditions().size()).differs() != agrees) {
          return OptionalDouble.empty();
        }
      } else if (!agrees) {
        return OptionalDouble.empty();
      } else {
        weakest = Math.min(weakest, score);
      }
    }
    return OptionalDouble.of(weakest);
  }
}
