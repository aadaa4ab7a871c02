package portrait.stages.unification;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.unification.UnificationDefinition.CustomMatch;

/// What people say about values: which of them mean the same, and which say nothing. Values are compared after the other
/// normalisations of a condition, so `N/A` on the list also means `n/a` where a condition ignores case.
final class Vocabulary implements AutoCloseable {

  static final Vocabulary NONE = new Vocabulary(Set.of(), Map.of());

  private static final AtomicLong LAST = new AtomicLong();
  private static final Map<Long, Vocabulary> OPEN = new ConcurrentHashMap<>(Map.of(0L, NONE));
  private static final int VALUES_MAX = 1_000_000;

  private final Set<String> bypass;
  private final Map<String, String> alias;
  private final long number;
  private final Map<List<Normalisation>, Lists> normal = new ConcurrentHashMap<>();

  /// The lists, normalised as a condition does.
  private record Lists(Set<String> bypass, Map<String, String> alias) {}

  Vocabulary(Set<String> bypass, Map<String, String> alias) {
    this.bypass = Set.copyOf(bypass);
    this.alias = Map.copyOf(alias);
    this.number = bypass.isEmpty() && alias.isEmpty() ? 0 : LAST.incrementAndGet();
  }

  /// Reads the tables of the definition. SQL knows the vocabulary by its number until it is closed.
  ///
  /// @param tables that hold custom matches, by the name in the definition, as they are called in the warehouse
  static Vocabulary open(WarehouseSession session, List<CustomMatch> custom, Map<String, String> tables) {
    var bypass = new HashSet<String>();
    var alias = new HashMap<String, String>();
    for (var match : custom) {
      String table = tables.get(match.table());
      if (table == null) {
        continue;
      }
      switch (match.type()) {
        case BYPASS ->
          session.each(Sql.format("SELECT CAST(\"Value\" AS VARCHAR) FROM {} WHERE \"Value\" IS NOT NULL LIMIT "
              + VALUES_MAX, Sql.name(table)), row -> bypass.add(row.text(1)));
        case ALIAS -> session.each(Sql.format("""
            SELECT CAST("Value" AS VARCHAR), CAST("Alias" AS VARCHAR) FROM {}
            WHERE "Value" IS NOT NULL AND "Alias" IS NOT NULL ORDER BY 1, 2 LIMIT %d""".formatted(VALUES_MAX),
            Sql.name(table)), row -> join(alias, row.text(1), row.text(2)));
        case ALWAYS, NEVER -> {
          // Said of records, not of values.
        }
      }
    }
    alias.replaceAll((value, _) -> Representative.of(alias, value));
    var vocabulary = new Vocabulary(bypass, alias);
    vocabulary.open();
    return vocabulary;
  }

  /// Lets SQL know it.
  void open() {
    OPEN.put(number, this);
  }

  Set<String> bypass() {
    return bypass;
  }

  /// Values that mean the same as another, and the one that stands for them.
  Map<String, String> alias() {
    return alias;
  }

  static Vocabulary of(long number) {
    return OPEN.getOrDefault(number, NONE);
  }

  long number() {
    return number;
  }

  /// Values that mean the same all stand for the least of them.
  private static void join(Map<String, String> alias, String one, String other) {
    String first = Representative.of(alias, one);
    String second = Representative.of(alias, other);
    String least = first.compareTo(second) <= 0 ? first : second;
    alias.put(first, least);
    alias.put(second, least);
    alias.putIfAbsent(one, least);
    alias.putIfAbsent(other, least);
  }

  /// The value that stands for this one.
  ///
  /// @param steps what was done to the value before
  String aliased(String value, List<Normalisation> steps) {
    return lists(steps).alias().getOrDefault(value, value);
  }

  /// Whether the value says nothing.
  boolean isBypassed(String value, List<Normalisation> steps) {
    return lists(steps).bypass().contains(value);
  }

  private Lists lists(List<Normalisation> steps) {
    return normal.computeIfAbsent(steps, this::normalised);
  }

  private Lists normalised(List<Normalisation> steps) {
    var values = new HashSet<String>();
    bypass.forEach(value -> add(values, MatchFunctions.normal(value, steps, NONE)));
    var joined = new HashMap<String, String>();
    alias.forEach((value, stands) -> {
      String one = MatchFunctions.normal(value, steps, NONE);
      String other = MatchFunctions.normal(stands, steps, NONE);
      if (one != null && other != null) {
        join(joined, one, other);
      }
    });
    joined.replaceAll((value, _) -> Representative.of(joined, value));
    return new Lists(values, joined);
  }

  private static void add(Set<String> values, @Nullable String value) {
    if (value != null) {
      values.add(value);
    }
  }

  @Override
  public void close() {
    if (number != 0) {
      OPEN.remove(number);
    }
  }
}
