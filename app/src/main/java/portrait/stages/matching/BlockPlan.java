package portrait.stages.matching;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import portrait.stages.matching.Comparison.Key;

/// Chooses what a pair must have in common to be looked at.
///
/// Every set of up to three keys of different fields is a possible block. How many pairs it brings follows from how often
/// two records agree on each key by chance; what it is worth is counted on simulated matches: filled as real records are
/// filled, agreeing as often as is usual for each kind of key. The greedy choice takes, again and again, the block that
/// catches most matches not caught yet for the pairs it costs. A set that contains a chosen set brings nothing.
///
/// How often matches agree on a key is an assumption, and real matches disagree on several keys at once more often than
/// simulated ones. So being caught by a second and a third block is worth something too.
final class BlockPlan {

  private static final int MATCHES = 2_000;
  private static final long SEED = 0x9E3779B97F4A7C15L;
  private static final int KEYS_PER_BLOCK_MAX = 3;
  /// What it is worth to catch a match that so many blocks catch already.
  private static final double[] GAIN = {1, 0.15};

  /// @param chance how likely two records agree on it that have nothing to do with each other
  /// @param filled by number of a sampled record, whether it has the key
  record Candidate(int field, Key key, double chance, BitSet filled) {}

  /// @param fields numbers of the fields that the keys belong to
  record Block(List<Candidate> keys) {

    Block {
      keys = List.copyOf(keys);
    }

    Set<Integer> fields() {
      return keys.stream().map(Candidate::field).collect(Collectors.toSet());
    }

    String name() {
      return keys.stream().map(key -> key.key().name()).collect(Collectors.joining(" + "));
    }

    double chance() {
      return keys.stream().mapToDouble(Candidate::chance).reduce(1, (one, other) -> one * other);
    }
  }

  private final List<Candidate> candidates;
  private final double allPairs;
  private final double budget;
  private final int blocksMax;
  private final int sampled;
  private final List<BitSet> agreeing = new ArrayList<>();

  /// @param allPairs how many pairs of records there are
  /// @param budget how many of them may be looked at
  /// @param sampled how many records the candidates' `filled` speak of
  BlockPlan(List<Candidate> candidates, double allPairs, double budget, int blocksMax, int sampled) {
    this.candidates = List.copyOf(candidates);
    this.allPairs = allPairs;
    this.budget = budget;
    this.blocksMax = blocksMax;
    this.sampled = sampled;
    simulate();
  }

  /// For each key, the simulated matches whose two records both have it and agree on it. Keys of one field stand or fall
  /// together as far as they can: where the whole value agrees, its parts do.
  private void simulate() {
    var random = new SplittableRandom(SEED);
    int fields = candidates.stream().mapToInt(Candidate::field).max().orElse(0) + 1;
    candidates.forEach(_ -> agreeing.add(new BitSet(MATCHES)));
    for (int match = 0; match < MATCHES && sampled > 0; match++) {
      int left = random.nextInt(sampled);
      int right = random.nextInt(sampled);
      var whole = new double[fields];
      for (int field = 0; field < fields; field++) {
        whole[field] = random.nextDouble();
      }
      for (int number = 0; number < candidates.size(); number++) {
        var candidate = candidates.get(number);
        double luck = random.nextDouble();
        double least = leastAgreement(candidate.field());
        double rest = (candidate.key().agreement() - least) / (1 - least);
        boolean agrees = whole[candidate.field()] < least || luck < rest;
        agreeing.get(number).set(match, agrees && candidate.filled().get(left) && candidate.filled().get(right));
      }
    }
  }

  private double leastAgreement(int field) {
    return candidates.stream().filter(candidate -> candidate.field() == field)
        .mapToDouble(candidate -> candidate.key().agreement()).min().orElse(0);
  }

  /// It ends when every simulated match is caught several times: more blocks would bring strangers above all, from whom
  /// the weights would have to be learned.
  List<Block> choose() {
    var possible = possible();
    var chosen = new ArrayList<Block>();
    var caught = Stream.generate(() -> new BitSet(MATCHES)).limit(GAIN.length).toList();
    double spent = 0;
    while (chosen.size() < blocksMax) {
      var best = best(possible, caught, budget - spent);
      if (best.isEmpty()) {
        break;
      }
      chosen.add(best.get().block);
      catchMore(caught, best.get().matches);
      spent += best.get().pairs;
      possible.remove(best.get());
    }
    return chosen;
  }

  /// The block that brings most relatives together: of shared fields alone.
  Optional<Block> chooseAmong(Set<Integer> fields) {
    var possible = possible();
    possible.removeIf(block -> !fields.containsAll(block.block.fields()));
    return best(possible, List.of(new BitSet(MATCHES)), budget).map(Possible::block);
  }

  /// @param caught matches caught by at least one block, by at least two, …
  private static void catchMore(List<BitSet> caught, BitSet matches) {
    var again = (BitSet) matches.clone();
    for (var times : caught) {
      var before = (BitSet) times.clone();
      times.or(again);
      again.and(before);
    }
  }

  private static double gain(BitSet matches, List<BitSet> caught) {
    double gain = 0;
    var again = (BitSet) matches.clone();
    for (int times = 0; times < caught.size(); times++) {
      int before = again.cardinality();
      again.and(caught.get(times));
      gain += GAIN[times] * (before - again.cardinality());
    }
    return gain;
  }

  private Optional<Possible> best(List<Possible> possible, List<BitSet> caught, double affordable) {
    Optional<Possible> best = Optional.empty();
    double bestWorth = 0;
    for (var block : possible) {
      double worth = gain(block.matches, caught) / Math.sqrt(block.pairs + budget / 50);
      if (block.pairs <= affordable && worth > bestWorth) {
        best = Optional.of(block);
        bestWorth = worth;
      }
    }
    return best;
  }

  private List<Possible> possible() {
    var found = new ArrayList<Possible>();
    extend(new LinkedHashSet<>(), 0, found);
    return found;
  }

  private void extend(LinkedHashSet<Integer> taken, int from, List<Possible> found) {
    if (!taken.isEmpty()) {
      var block = new Block(taken.stream().map(candidates::get).toList());
      double pairs = block.chance() * allPairs;
      if (pairs <= budget / 3) {
        var matches = new BitSet(MATCHES);
        matches.set(0, MATCHES);
        taken.forEach(number -> matches.and(agreeing.get(number)));
        found.add(new Possible(block, pairs, matches));
        // What contains it finds less.
        return;
      }
    }
    if (taken.size() == KEYS_PER_BLOCK_MAX) {
      return;
    }
    for (int number = from; number < candidates.size(); number++) {
      int field = candidates.get(number).field();
      if (taken.stream().noneMatch(other -> candidates.get(other).field() == field)) {
        var more = new LinkedHashSet<>(taken);
        more.add(number);
        extend(more, number + 1, found);
      }
    }
  }

  private record Possible(Block block, double pairs, BitSet matches) {}
}
