package portrait.stages.matching;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Learns the weights from the counts of patterns, without being told a single match.
///
/// 1. How often matches agree on a field is learned where other fields leave no doubt (Fellegi and Sunter 1969, with the
///    training blocks of Splink): among pairs that agree on a set of fields so rare that hardly a stranger does, an
///    expectation-maximisation with the strangers' levels held at those of random pairs tells the levels of the rest.
/// 2. All candidates are a mixture of matches, relatives and coincidences. Candidates that do not match are not random
///    pairs: they are relatives, or strangers whom a block brought together. So each block has a class of coincidences of
///    its own, which starts as agreement on the block's fields and chance on the others.
final class Learning {

  private static final int TRAINING_FIELDS_MAX = 3;
  private static final long TRAINING_PAIRS_MIN = 30;
  private static final int ROUNDS_MAX = 200;
  private static final double ENOUGH = 1e-6;
  /// Pairs' worth of trust in the start.
  private static final double PRIOR_MATCH = 5;
  private static final double PRIOR_OTHERS = 200;
  /// Relatives are few, and what they share differs from file to file.
  private static final double PRIOR_RELATED = 50;
  private static final double PRIOR_MATCH_AGAIN = 100;

  private final List<Comparison> comparisons;
  private final Patterns patterns;
  private final double[][] chance;
  private final List<Map<Integer, Agreement>> blocks;
  private final double allPairs;

  /// How far strangers agree on a field of the block that brought them into view.
  private enum Agreement {
    /** On the whole value. */
    WHOLE,
    /** On a part of it, such as the first letters. */
    PART,
    /** On a word of it, whatever else stands there. */
    WORD
  }

  /// @param chance how often random pairs show each level, by field
  Learning(List<Comparison> comparisons, Patterns patterns, double[][] chance, List<BlockPlan.Block> blocks,
      double allPairs) {
    this.comparisons = comparisons;
    this.patterns = patterns;
    this.chance = chance;
    this.blocks = blocks.stream().map(block -> block.keys().stream()
        .collect(Collectors.toMap(BlockPlan.Candidate::field, this::agreement, (one, _) -> one))).toList();
    this.allPairs = allPairs;
  }

  Model learn(boolean relatives) {
    var matches = matches();
    var start = start(matches, relatives);
    return mixed(start);
  }

  private double[][] start() {
    var levels = new double[comparisons.size()][];
    for (int field = 0; field < levels.length; field++) {
      levels[field] = new double[comparisons.get(field).size()];
      levels[field][0] = 1;
      for (int level = 1; level < levels[field].length; level++) {
        levels[field][level] = comparisons.get(field).levels().get(level - 1).start();
      }
    }
    return levels;
  }

  /// Step 1: the levels of matches, pooled over all training sets.
  private double[][] matches() {
    var pooled = new double[comparisons.size()][];
    var start = start();
    for (int field = 0; field < pooled.length; field++) {
      pooled[field] = new double[comparisons.get(field).size()];
    }
    for (var set : trainingSets(new LinkedHashSet<>(), 0)) {
      train(set, pooled);
    }
    for (int field = 0; field < pooled.length; field++) {
      normalise(pooled[field], start[field], PRIOR_MATCH);
    }
    return pooled;
  }

  /// Sets of fields on which, by chance alone, fewer pairs would agree than half of those that do.
  private List<Set<Integer>> trainingSets(LinkedHashSet<Integer> taken, int from) {
    var found = new ArrayList<Set<Integer>>();
    if (!taken.isEmpty() && blocks.stream().anyMatch(block -> taken.containsAll(block.keySet()))) {
      double expected = allPairs;
      for (int field : taken) {
        expected *= chance[field][1];
      }
      long agreeing = 0;
      for (int place = 0; place < patterns.size(); place++) {
        agreeing += agrees(patterns.levels(place), taken) ? patterns.count(place) : 0;
      }
      if (agreeing >= TRAINING_PAIRS_MIN && expected <= 0.5 * agreeing) {
        found.add(taken);
      }
    }
    if (taken.size() < TRAINING_FIELDS_MAX) {
      for (int field = from; field < comparisons.size(); field++) {
        var more = new LinkedHashSet<>(taken);
        more.add(field);
        found.addAll(trainingSets(more, field + 1));
      }
    }
    return found;
  }

  private static boolean agrees(int[] levels, Set<Integer> fields) {
    for (int field : fields) {
      if (levels[field] != 1) {
        return false;
      }
    }
    return true;
  }

  /// One training set: two classes, strangers held at chance.
  private void train(Set<Integer> set, double[][] pooled) {
    var chosen = new ArrayList<Integer>();
    double pairs = 0;
    for (int place = 0; place < patterns.size(); place++) {
      if (agrees(patterns.levels(place), set)) {
        chosen.add(place);
        pairs += patterns.count(place);
      }
    }
    var start = start();
    var levels = start();
    double share = 0.5;
    double[][] counted = new double[0][];
    for (int round = 0; round < ROUNDS_MAX; round++) {
      counted = new double[comparisons.size()][];
      for (int field = 0; field < counted.length; field++) {
        counted[field] = new double[comparisons.get(field).size()];
      }
      double matched = 0;
      for (int place : chosen) {
        int[] pattern = patterns.levels(place);
        double match = share;
        double stranger = 1 - share;
        for (int field = 0; field < pattern.length; field++) {
          if (!set.contains(field) && pattern[field] > 0) {
            match *= levels[field][pattern[field]];
            stranger *= chance[field][pattern[field]];
          }
        }
        double weight = patterns.count(place) * match / (match + stranger);
        matched += weight;
        for (int field = 0; field < pattern.length; field++) {
          if (!set.contains(field) && pattern[field] > 0) {
            counted[field][pattern[field]] += weight;
          }
        }
      }
      double before = share;
      share = Math.clamp(matched / pairs, 1e-6, 1 - 1e-6);
      for (int field = 0; field < counted.length; field++) {
        levels[field] = counted[field].clone();
        normalise(levels[field], start[field], PRIOR_MATCH);
      }
      if (Math.abs(share - before) < ENOUGH) {
        break;
      }
    }
    for (int field = 0; field < counted.length; field++) {
      for (int level = 1; level < counted[field].length; level++) {
        pooled[field][level] += counted[field][level];
      }
    }
  }

  /// The classes of step 2 before it begins.
  private Model start(double[][] matches, boolean relatives) {
    boolean anyShared = comparisons.stream().anyMatch(comparison -> comparison.field().shared())
        && comparisons.stream().anyMatch(comparison -> !comparison.field().shared());
    boolean hasRelatives = relatives && anyShared;
    var distinct = new ArrayList<>(new LinkedHashSet<>(blocks));
    // Strangers whom several shared fields bring together would look the same as relatives.
    distinct.removeIf(block -> hasRelatives && block.size() > 1
        && block.keySet().stream().allMatch(field -> comparisons.get(field).field().shared()));
    if (distinct.isEmpty()) {
      distinct.add(Map.of());
    }
    var levels = new double[Model.COINCIDENCE + distinct.size()][][];
    levels[Model.MATCH] = matches;
    levels[Model.RELATED] = new double[comparisons.size()][];
    for (int field = 0; field < comparisons.size(); field++) {
      levels[Model.RELATED][field] = related(comparisons.get(field).field(), matches[field], chance[field]);
    }
    for (int block = 0; block < distinct.size(); block++) {
      levels[Model.COINCIDENCE + block] = new double[comparisons.size()][];
      for (int field = 0; field < comparisons.size(); field++) {
        var agreement = distinct.get(block).get(field);
        levels[Model.COINCIDENCE + block][field] = agreement == null ? chance[field]
            : agreement == Agreement.WORD ? ofOneWord(chance[field]) : matches[field];
      }
    }
    var shares = new double[levels.length];
    shares[Model.MATCH] = 0.3;
    shares[Model.RELATED] = hasRelatives ? 0.2 : 0;
    double strangers = distinct.stream().mapToDouble(this::strangers).sum();
    for (int block = 0; block < distinct.size(); block++) {
      shares[Model.COINCIDENCE + block] = (1 - shares[Model.MATCH] - shares[Model.RELATED])
          * strangers(distinct.get(block)) / strangers;
    }
    return new Model(shares, levels);
  }

  /// People of one household have name and address in common, but only some of them a telephone.
  private static double[] related(ProbabilisticRule.Field field, double[] matches, double[] chance) {
    if (!field.shared()) {
      return chance;
    }
    if (field.type() != SemanticType.PHONE) {
      return matches;
    }
    double[] levels = new double[matches.length];
    Arrays.setAll(levels, level -> (matches[level] + chance[level]) / 2);
    return levels;
  }

  private Agreement agreement(BlockPlan.Candidate candidate) {
    return candidate.key().isWords() ? Agreement.WORD
        : comparisons.get(candidate.field()).isWhole(candidate.key()) ? Agreement.WHOLE : Agreement.PART;
  }

  /// How many pairs of strangers agree on what the block asks for. A block that hardly a stranger gets into starts small:
  /// otherwise its class would take the matches for itself.
  private double strangers(Map<Integer, Agreement> block) {
    double expected = allPairs;
    for (var field : block.entrySet()) {
      double[] levels = chance[field.getKey()];
      expected *= field.getValue() == Agreement.WHOLE ? levels[1] : 1 - levels[levels.length - 1];
    }
    return expected;
  }

  /// How strangers agree on a field who share a word of it: as random pairs do that are not altogether different.
  private static double[] ofOneWord(double[] chance) {
    double[] levels = chance.clone();
    levels[levels.length - 1] = 0;
    normalise(levels, chance, 0);
    return levels;
  }

  /// Step 2: every class moves, held back by its start as if that had been seen on a few pairs.
  ///
  /// It looks at every pattern for every class some fifty times, so all levels of a class lie in one array, one field after
  /// the other, and a pattern is the places of its levels there.
  private Model mixed(Model start) {
    int fields = comparisons.size();
    int[] begins = new int[fields + 1];
    for (int field = 0; field < fields; field++) {
      begins[field + 1] = begins[field] + comparisons.get(field).size();
    }
    int[] places = new int[patterns.size() * fields];
    double total = 0;
    for (int pattern = 0; pattern < patterns.size(); pattern++) {
      int[] levels = patterns.levels(pattern);
      for (int field = 0; field < fields; field++) {
        places[pattern * fields + field] = begins[field] + levels[field];
      }
      total += patterns.count(pattern);
    }
    var model = start;
    for (int round = 0; round < ROUNDS_MAX && patterns.size() > 0; round++) {
      var next = moved(model, start, places, begins, total);
      double moved = 0;
      for (int ofClass = 0; ofClass < start.classes(); ofClass++) {
        moved = Math.max(moved, Math.abs(next.shares()[ofClass] - model.shares()[ofClass]));
      }
      model = next;
      if (moved < ENOUGH) {
        break;
      }
    }
    return model;
  }

  /// One round.
  private Model moved(Model model, Model start, int[] places, int[] begins, double total) {
    int fields = comparisons.size();
    int classes = model.classes();
    var before = new double[classes][];
    for (int ofClass = 0; ofClass < classes; ofClass++) {
      before[ofClass] = flat(model.levels()[ofClass], begins);
    }
    var counted = new double[classes][begins[fields]];
    var shares = new double[classes];
    var weights = new double[classes];
    for (int pattern = 0; pattern < patterns.size(); pattern++) {
      int at = pattern * fields;
      double sum = 0;
      for (int ofClass = 0; ofClass < classes; ofClass++) {
        double[] levels = before[ofClass];
        double product = model.shares()[ofClass];
        for (int field = 0; field < fields; field++) {
          product *= levels[places[at + field]];
        }
        weights[ofClass] = product;
        sum += product;
      }
      double count = patterns.count(pattern);
      for (int ofClass = 0; ofClass < classes; ofClass++) {
        double weight = count * weights[ofClass] / sum;
        shares[ofClass] += weight;
        double[] levels = counted[ofClass];
        for (int field = 0; field < fields; field++) {
          levels[places[at + field]] += weight;
        }
      }
    }
    var levels = new double[classes][fields][];
    for (int ofClass = 0; ofClass < classes; ofClass++) {
      shares[ofClass] /= total;
      for (int field = 0; field < fields; field++) {
        levels[ofClass][field] = Arrays.copyOfRange(counted[ofClass], begins[field], begins[field + 1]);
        normalise(levels[ofClass][field], start.levels()[ofClass][field], trust(ofClass));
      }
    }
    return new Model(shares, levels);
  }

  private static double[] flat(double[][] levels, int[] begins) {
    var flat = new double[begins[levels.length]];
    for (int field = 0; field < levels.length; field++) {
      System.arraycopy(levels[field], 0, flat, begins[field], levels[field].length);
    }
    return flat;
  }

  private static double trust(int ofClass) {
    return switch (ofClass) {
      case Model.MATCH -> PRIOR_MATCH_AGAIN;
      case Model.RELATED -> PRIOR_RELATED;
      default -> PRIOR_OTHERS;
    };
  }

  /// Counts become shares; `prior` pairs are added that are spread as in `start`. Nothing becomes impossible.
  private static void normalise(double[] counted, double[] start, double prior) {
    double sum = 0;
    for (int level = 1; level < counted.length; level++) {
      counted[level] += prior * start[level];
      sum += counted[level];
    }
    for (int level = 1; level < counted.length; level++) {
      counted[level] = Math.max(1e-9, counted[level] / sum);
    }
    counted[0] = 1;
  }
}
