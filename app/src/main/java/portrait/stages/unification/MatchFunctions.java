package portrait.stages.unification;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.TextFunction;
import portrait.foundation.warehouse.Warehouse;

/// What conditions are made of, once in Java and callable from SQL: whole tables and single records are normalised,
/// blocked and compared by the same code.
final class MatchFunctions {

  static final char SEPARATOR = 31;
  private static final int PREFIX = 3;
  private static final int WORDS_MAX = 8;
  private static final Map<String, List<Normalisation>> RECIPES = new ConcurrentHashMap<>();

  private MatchFunctions() {}

  /// Makes the functions known to SQL.
  static void define(Warehouse warehouse) {
    warehouse.define("portrait_normal", MatchFunctions::normaliser);
    warehouse.define("portrait_blocks", _ -> MatchFunctions::blocks);
    warehouse.defineComparison("portrait_score", name -> Comparison.of(name).orElseThrow()::of);
  }

  /// @param recipe the number of the vocabulary, then the normalisations: `0:ascii,lowercase`
  private static TextFunction normaliser(String recipe) {
    int colon = recipe.indexOf(':');
    var vocabulary = Vocabulary.of(Long.parseLong(recipe.substring(0, colon)));
    var steps = RECIPES.computeIfAbsent(recipe.substring(colon + 1), MatchFunctions::steps);
    return text -> normal(text, steps, vocabulary);
  }

  private static List<Normalisation> steps(String recipe) {
    var steps = new ArrayList<Normalisation>();
    for (String step : recipe.split(",")) {
      steps.add(Normalisation.of(step).orElseThrow());
    }
    return List.copyOf(steps);
  }

  /// The value as it is compared; null when nothing is left of it, so that it matches nothing.
  static @Nullable String normal(String value, List<Normalisation> steps, Vocabulary vocabulary) {
    String normal = value;
    for (int place = 0; place < steps.size(); place++) {
      switch (steps.get(place)) {
        case ALIAS -> normal = vocabulary.aliased(normal, steps.subList(0, place));
        case BYPASS -> {
          // What was done before, without the alias: the lists stand side by side.
          var before = steps.subList(0, place).stream().filter(step -> step != Normalisation.ALIAS).toList();
          if (vocabulary.isBypassed(normal, before)) {
            return null;
          }
        }
        case Normalisation plain -> normal = plain.applied(normal);
      }
    }
    return normal.isEmpty() ? null : normal;
  }

  /// What texts that are alike have in common, for rules that have no exact condition: the first and the last three
  /// characters, and every word of at least three. Texts with none of them in common are never compared.
  static Set<String> blockList(String text) {
    String bare = text.strip().toLowerCase(Locale.ROOT);
    var keys = new LinkedHashSet<String>();
    int length = bare.codePointCount(0, bare.length());
    if (length <= PREFIX) {
      keys.add("^" + bare);
    } else {
      keys.add("^" + bare.substring(0, bare.offsetByCodePoints(0, PREFIX)));
      keys.add("$" + bare.substring(bare.offsetByCodePoints(bare.length(), -PREFIX)));
      for (String word : bare.split("[^\\p{L}\\p{M}\\p{N}]+")) {
        if (word.length() >= PREFIX && word.length() < bare.length() && keys.size() < WORDS_MAX) {
          keys.add(word);
        }
      }
    }
    return keys;
  }

  static String blocks(String text) {
    return String.join(String.valueOf(SEPARATOR), blockList(text));
  }

  static Sql normal(Sql text, List<Normalisation> steps, Vocabulary vocabulary) {
    return steps.isEmpty() ? Sql.format("nullif({}, '')", text)
        : Sql.format("portrait_normal('%d:%s', {})".formatted(vocabulary.number(), String.join(",",
            steps.stream().map(Normalisation::text).toList())), text);
  }

  /// One key a row.
  static Sql blocks(Sql text) {
    return Sql.format("unnest(string_split(portrait_blocks('', {}), chr(%d)))".formatted((int) SEPARATOR), text);
  }

  static Sql score(Comparison comparison, double floor, String one, String other) {
    return Sql.of("portrait_score('%s', CAST(%s AS DOUBLE), %s, %s)".formatted(comparison.text(), floor, one, other));
  }
}
