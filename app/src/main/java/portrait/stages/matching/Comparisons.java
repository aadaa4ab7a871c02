package portrait.stages.matching;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import portrait.foundation.warehouse.Sql;
import portrait.stages.matching.Comparison.Derived;
import portrait.stages.matching.Comparison.Key;
import portrait.stages.matching.Comparison.Level;
import portrait.stages.matching.ProbabilisticRule.Field;

/// What agreement means for each semantic type.
///
/// Jaro-Winkler carries most of the load: it costs a tenth of an edit distance that knows transpositions. Bounds are those the literature settled on (Winkler 1990; Splink's
/// templates), not fitted to any set.
final class Comparisons {

  /// Kinds of street and legal forms say little and are written in many ways.
  private static final String STREET_WORDS = "\\b(street|str|st|strasse|avenue|ave|av|road|rd|place|pl|drive|dr|lane|ln"
      + "|court|ct|circuit|cct|crescent|cres|cr|close|cl|boulevard|blvd|bd|square|sq|terrace|ter|tce|highway|hwy|parkway"
      + "|pkwy|way|rue|weg|platz)\\b";
  private static final String LEGAL_WORDS = "\\b(inc|incorporated|ltd|limited|llc|llp|plc|corp|corporation|co|company|gmbh|ag"
      + "|kg|sa|sas|sarl|srl|bv|nv|ab|as|oy|pty|the|of|and|und|et)\\b";

  private final String n;
  private final Field field;
  /// The names of the normalised given and family names, where both are compared.
  private final Optional<String> given;
  private final Optional<String> family;

  private Comparisons(int place, Field field, Optional<String> given, Optional<String> family) {
    this.n = name(place);
    this.field = field;
    this.given = given;
    this.family = family;
  }

  /// No attribute begins like this.
  private static String name(int place) {
    return "_n" + place;
  }

  static List<Comparison> of(List<Field> fields) {
    var given = first(fields, SemanticType.GIVEN_NAME);
    var family = first(fields, SemanticType.FAMILY_NAME);
    var comparisons = new ArrayList<Comparison>();
    for (int place = 0; place < fields.size(); place++) {
      comparisons.add(new Comparisons(place, fields.get(place), given, family).comparison());
    }
    return comparisons;
  }

  private static Optional<String> first(List<Field> fields, SemanticType type) {
    for (int place = 0; place < fields.size(); place++) {
      if (fields.get(place).type() == type) {
        return Optional.of(name(place));
      }
    }
    return Optional.empty();
  }

  private Comparison comparison() {
    return switch (field.type()) {
      case GIVEN_NAME -> givenName();
      case FAMILY_NAME -> familyName();
      case FULL_NAME -> fullName();
      case DATE_OF_BIRTH -> date();
      case EMAIL -> email();
      case PHONE -> phone();
      case ADDRESS -> address();
      case POSTCODE -> postcode();
      case CITY -> city();
      case ORGANISATION -> organisation();
      case IDENTIFIER -> identifier();
      case CATEGORY -> category();
      case TEXT -> text();
      case NUMBER -> number();
    };
  }

  private Comparison givenName() {
    var levels = new ArrayList<Level>();
    levels.add(new Level("same", same(n), 0.7));
    swapped().filter(_ -> given.filter(n::equals).isPresent())
        .ifPresent(condition -> levels.add(new Level("given and family name swapped", condition, 0.02)));
    levels.add(new Level("nearly the same", near(n, 0.92), 0.13));
    levels.add(new Level("initial or short form",
        """
        (starts_with(l.%1$s, r.%1$s) OR starts_with(r.%1$s, l.%1$s) OR split_part(l.%1$s, ' ', 1) = split_part(r.%1$s, ' ', 1))"""
            .formatted(n),
        0.06));
    levels.add(new Level("similar", similar(n, 0.8), 0.04));
    levels.add(new Level("different", "", 0.05));
    return simple(List.of(new Derived(n, words(value()))), levels, Optional.of(n),
        List.of(key("", n, 0.75), key("first letters of ", "left(%s, 3)".formatted(n), 0.84),
            key("initial of ", "left(%s, 1)".formatted(n), 0.9)));
  }

  private Comparison familyName() {
    var levels = new ArrayList<Level>();
    levels.add(new Level("same", same(n), 0.8));
    levels.add(new Level("nearly the same", near(n, 0.92), 0.1));
    levels.add(new Level("a part in common",
        """
        (contains(l.%1$s, ' ') OR contains(r.%1$s, ' ')) AND list_has_any(string_split(l.%1$s, ' '), string_split(r.%1$s, ' '))"""
            .formatted(n),
        0.02));
    levels.add(new Level("similar", similar(n, 0.8), 0.03));
    levels.add(new Level("different", "", 0.05));
    var missing = missing(n) + swapped().filter(_ -> family.filter(n::equals).isPresent())
        .map(condition -> " OR " + condition).orElse("");
    return new Comparison(field, List.of(new Derived(n, words(value()))), missing, levels, Optional.of(n),
        List.of(key("", n, 0.8), key("first letters of ", "left(%s, 3)".formatted(n), 0.88),
            key("initial of ", "left(%s, 1)".formatted(n), 0.92)),
        Optional.empty());
  }

  /// Whoever filled in a form took one name for the other.
  private Optional<String> swapped() {
    return given.flatMap(one -> family.map(other -> "l.%1$s = r.%2$s AND l.%2$s = r.%1$s AND l.%1$s <> l.%2$s"
        .formatted(one, other)));
  }

  private Comparison fullName() {
    String sorted = n + "_s";
    return ofWords(
        List.of(
            new Derived(n + "_w", "list_distinct(list_filter(string_split(coalesce(%s, ''), ' '), lambda w: w <> ''))"
                .formatted(words(value()))),
            new Derived(sorted, "nullif(array_to_string(list_sort(%s_w), ' '), '')".formatted(n)),
            new Derived(n, words(value()))),
        List.of(new Level("same words", same(sorted), 0.6), new Level("nearly the same", near(n, 0.94), 0.15),
            new Level("one contains the other",
                "common >= 2 AND common = least(len(l.%1$s_w), len(r.%1$s_w))".formatted(n), 0.08),
            new Level("most words in common", jaccard(n + "_w", 0.5), 0.06),
            new Level("a word in common, similar", "common >= 1 AND " + similar(n, 0.8), 0.04),
            new Level("a word in common", "common >= 1", 0.02),
            new Level("similar", similar(n, 0.85), 0.02), new Level("different", "", 0.03)),
        Optional.of(sorted),
        List.of(key("", sorted, 0.6), new Key("a word of " + field.name(), attribute(), n + "_w", 0.9,
            true), key("first letters of ", "left(%s, 4)".formatted(n), 0.8)));
  }

  private Comparison date() {
    return simple(List.of(new Derived(n + "_a", "trim(%s)".formatted(value())), new Derived(n, day(n + "_a"))),
        List.of(new Level("same", same(n), 0.8),
            new Level("one slip, or day and month swapped", """
                (length(l.%1$s) = 8 AND left(l.%1$s, 4) = left(r.%1$s, 4) AND substr(l.%1$s, 5, 2) = substr(r.%1$s, 7, 2)
                  AND substr(l.%1$s, 7, 2) = substr(r.%1$s, 5, 2))
                OR jaro_winkler_similarity(l.%1$s, r.%1$s) >= 0.955 OR %2$s"""
                .formatted(n, oneEdit(n)), 0.1),
            new Level("two parts of three", """
                CAST(left(l.%1$s, 4) = left(r.%1$s, 4) AS INTEGER) + CAST(substr(l.%1$s, 5, 2) = substr(r.%1$s, 5, 2) AS INTEGER)
                  + CAST(substr(l.%1$s, 7, 2) = substr(r.%1$s, 7, 2) AS INTEGER) >= 2""".formatted(n), 0.04),
            new Level("same year", "left(l.%1$s, 4) = left(r.%1$s, 4)".formatted(n), 0.02),
            new Level("different", "", 0.04)),
        Optional.of(n), List.of(key("", n, 0.82), key("year of ", "left(%s, 4)".formatted(n), 0.92),
            key("month and day of ", "substr(%s, 5, 4)".formatted(n), 0.86)));
  }

  private Comparison email() {
    String local = n + "_l";
    return simple(
        List.of(new Derived(n, "nullif(regexp_replace(lower(%s), '\\s', '', 'g'), '')".formatted(value())),
            new Derived(local,
                "nullif(regexp_replace(split_part(%s, '@', 1), '[^\\p{L}\\p{N}]', '', 'g'), '')".formatted(n))),
        List.of(new Level("same", same(n), 0.65),
            new Level("same but for the domain", same(local) + " AND length(l.%s) >= 4".formatted(local), 0.08),
            new Level("nearly the same", near(n, 0.96), 0.1), new Level("similar", similar(local, 0.88), 0.05),
            new Level("different", "", 0.12)),
        Optional.of(n), List.of(key("", n, 0.65), key("first part of ", local, 0.72)));
  }

  /// Nine digits tell numbers apart in any country and leave out the ways to write the country.
  private Comparison phone() {
    return simple(
        List.of(new Derived(n, """
            nullif(right(regexp_replace(regexp_replace(lower(%s), '(ext|x|#).*$', ''), '[^0-9]', '', 'g'), 9), '')"""
            .formatted(value()))),
        List.of(new Level("same", same(n), 0.7),
            new Level("one slip", "length(l.%1$s) >= 6 AND ".formatted(n) + near(n, 0.97), 0.06),
            new Level("same end", "length(l.%1$s) >= 6 AND right(l.%1$s, 6) = right(r.%1$s, 6)".formatted(n), 0.04),
            new Level("different", "", 0.2)),
        Optional.of(n), List.of(key("", n, 0.7), key("end of ", "right(%s, 6)".formatted(n), 0.74)));
  }

  /// Street, postcode and city as one: each follows from the others, so that people of one town would otherwise seem alike
  /// three times over.
  private Comparison address() {
    var lines = new ArrayList<String>();
    var postcodes = new ArrayList<String>();
    var cities = new ArrayList<String>();
    for (var attribute : field.attributes()) {
      var column = Sql.quoted(attribute);
      switch (SemanticType.guess(attribute).orElse(SemanticType.ADDRESS)) {
        case POSTCODE -> postcodes.add(column);
        case CITY, CATEGORY -> cities.add(column);
        case SemanticType _ -> lines.add(column);
      }
    }
    var derived = new ArrayList<Derived>();
    var keys = new ArrayList<Key>();
    derived.add(new Derived(n + "_a", lines.isEmpty() ? "CAST(NULL AS VARCHAR)" : words(joined(lines))));
    derived.add(new Derived(n, withoutWords(n + "_a", STREET_WORDS)));
    derived.add(new Derived(n + "_h", "nullif(regexp_extract(%s, '[0-9]+'), '')".formatted(n)));
    derived.add(new Derived(n + "_k", "%1$s_h || left(translate(%1$s, '0123456789 ', ''), 3)".formatted(n)));
    derived.add(new Derived(n + "_p", postcodes.isEmpty() ? "CAST(NULL AS VARCHAR)" : code(joined(postcodes))));
    derived.add(new Derived(n + "_c", cities.isEmpty() ? "CAST(NULL AS VARCHAR)" : words(joined(cities))));
    String place = "(%s OR %s)".formatted(same(n + "_p"), same(n + "_c"));
    String near = "(l.%1$s_h IS NOT DISTINCT FROM r.%1$s_h AND jaro_winkler_similarity(l.%1$s, r.%1$s) >= 0.85)"
        .formatted(n);
    String unknown = "(l.%1$s IS NULL OR r.%1$s IS NULL)".formatted(n);
    var levels = new ArrayList<Level>();
    levels.add(new Level("same street and place", same(n) + " AND " + place, 0.45));
    levels.add(new Level("similar street, same place", near + " AND " + place, 0.15));
    levels.add(new Level("same street", same(n), 0.05));
    levels.add(new Level("similar street", near, 0.03));
    levels.add(new Level("same postcode, one street unknown", same(n + "_p") + " AND " + unknown, 0.06));
    levels.add(new Level("same postcode", same(n + "_p"), 0.06));
    levels.add(new Level("same town, one street unknown", same(n + "_c") + " AND " + unknown, 0.04));
    levels.add(new Level("same town", same(n + "_c"), 0.04));
    levels.add(new Level("different", "", 0.12));
    lines.stream().findFirst().ifPresent(column -> {
      keys.add(new Key("street", unquoted(column), n, 0.65, false));
      keys.add(new Key("house number and first letters of street", "",
          n + "_k", 0.75, false));
      keys.add(new Key("street and postcode", "", "%1$s || '/' || %1$s_p".formatted(n), 0.55, false));
    });
    postcodes.stream().findFirst()
        .ifPresent(column -> keys.add(new Key("postcode", unquoted(column), n + "_p", 0.8, false)));
    cities.stream().findFirst().ifPresent(column -> keys.add(new Key("town", unquoted(column), n + "_c", 0.82, false)));
    String missing = "(l.%1$s IS NULL OR r.%1$s IS NULL) AND (l.%1$s_p IS NULL OR r.%1$s_p IS NULL)"
        .formatted(n) + " AND (l.%1$s_c IS NULL OR r.%1$s_c IS NULL)".formatted(n);
    return new Comparison(field, derived, missing, levels, Optional.empty(), keys,
        Optional.empty());
  }

  private Comparison postcode() {
    return simple(List.of(new Derived(n, code(value()))),
        List.of(new Level("same", same(n), 0.75), new Level("one slip", near(n, 0.97), 0.05),
            new Level("same area", "left(l.%1$s, 3) = left(r.%1$s, 3)".formatted(n), 0.06),
            new Level("different", "", 0.14)),
        Optional.of(n), List.of(key("", n, 0.78), key("area of ", "left(%s, 3)".formatted(n), 0.86)));
  }

  private Comparison city() {
    return simple(List.of(new Derived(n, words(value()))),
        List.of(new Level("same", same(n), 0.75), new Level("nearly the same", near(n, 0.9), 0.08),
            new Level("different", "", 0.17)),
        Optional.of(n), List.of(key("", n, 0.8)));
  }

  private Comparison organisation() {
    return ofWords(
        List.of(new Derived(n + "_a", words(value())), new Derived(n, withoutWords(n + "_a", LEGAL_WORDS)),
            new Derived(n + "_w", "list_distinct(string_split(%s, ' '))".formatted(n))),
        List.of(new Level("same", same(n), 0.5), new Level("nearly the same", near(n, 0.95), 0.12),
            new Level("one contains the other", "common = least(len(l.%1$s_w), len(r.%1$s_w))".formatted(n), 0.13),
            new Level("most words in common", jaccard(n + "_w", 0.5), 0.08),
            new Level("some words in common", jaccard(n + "_w", 0.25), 0.07),
            new Level("similar", similar(n, 0.85), 0.03),
            new Level("a rare word in common", rareInCommon(n + "_w"), 0.02),
            new Level("a word in common", "common >= 1", 0.01), new Level("different", "", 0.04)),
        Optional.of(n),
        List.of(key("", n, 0.5), new Key("a word of " + field.name(), attribute(), n + "_w", 0.9, true)));
  }

  private Comparison identifier() {
    return simple(List.of(new Derived(n, code(value()))),
        List.of(new Level("same", same(n), 0.85),
            new Level("one slip", "length(l.%1$s) >= 4 AND ".formatted(n) + near(n, 0.98), 0.07),
            new Level("two slips", "length(l.%1$s) >= 6 AND levenshtein(l.%1$s, r.%1$s) <= 2".formatted(n), 0.02),
            new Level("different", "", 0.06)),
        Optional.of(n),
        List.of(key("", n, 0.85), key("first half of ", "left(%1$s, length(%1$s) // 2)".formatted(n), 0.9),
            key("second half of ", "right(%1$s, (length(%1$s) + 1) // 2)".formatted(n), 0.9)));
  }

  private Comparison category() {
    return simple(List.of(new Derived(n, words(value()))),
        List.of(new Level("same", same(n), 0.88), new Level("similar", similar(n, 0.9), 0.04),
            new Level("different", "", 0.08)),
        Optional.of(n), List.of(key("", n, 0.88)));
  }

  /// The words that few have, such as model numbers, say more than the share of words in common. Shops and clerks write
  /// them with and without hyphens, so both ways count.
  private Comparison text() {
    String w = n + "_w";
    String rare = rareInCommon(w) + " AND ";
    return ofWords(
        List.of(new Derived(n, words(value())),
            new Derived(w, "list_distinct(string_split(%s, ' ') || string_split(%s, ' '))".formatted(n,
                words("regexp_replace(%s, '[-/._]', '', 'g')".formatted(value()))))),
        List.of(new Level("same", same(n), 0.2), new Level("nearly all words in common", jaccard(w, 0.8), 0.15),
            new Level("most words in common", jaccard(w, 0.6), 0.15),
            new Level("half the words in common, a rare one among them", rare + jaccard(w, 0.4), 0.15),
            new Level("some words in common, a rare one among them", rare + jaccard(w, 0.2), 0.12),
            new Level("a rare word in common", rareInCommon(w), 0.08),
            new Level("half the words in common", jaccard(w, 0.4), 0.05),
            new Level("some words in common", jaccard(w, 0.2), 0.05),
            new Level("few words in common", jaccard(w, 0.1), 0.03), new Level("different", "", 0.02)),
        Optional.empty(), List.of(key("", n, 0.35), new Key("a word of " + field.name(), attribute(), w, 0.9, true)));
  }

  private Comparison number() {
    String difference = "abs(l.%1$s - r.%1$s)".formatted(n);
    String size = "greatest(abs(l.%1$s), abs(r.%1$s))".formatted(n);
    return simple(
        List.of(new Derived(n, "TRY_CAST(regexp_replace(%s, '[^0-9.eE+-]', '', 'g') AS DOUBLE)".formatted(value()))),
        List.of(new Level("same", same(n), 0.7),
            new Level("within 1 % or one", difference + " <= greatest(1, 0.01 * " + size
                + ")", 0.12),
            new Level("within 5 %", difference + " <= 0.05 * " + size, 0.05),
            new Level("within 20 %", difference + " <= 0.2 * " + size, 0.05), new Level("different", "", 0.08)),
        Optional.of(n), List.of(key("", n, 0.7)));
  }

  private Comparison simple(List<Derived> derived, List<Level> levels, Optional<String> frequency, List<Key> keys) {
    return new Comparison(field, derived, missing(n), levels, frequency, keys, Optional.empty());
  }

  private Comparison ofWords(List<Derived> derived, List<Level> levels, Optional<String> frequency, List<Key> keys) {
    return new Comparison(field, derived, missing(n), levels, frequency, keys, Optional.of(n + "_w"));
  }

  private Key key(String what, String sql, double agreement) {
    return new Key(what + field.name(), what.isEmpty() ? attribute() : "", sql, agreement, false);
  }

  private String attribute() {
    return field.attributes().getFirst();
  }

  /// The attributes of the field, one after the other.
  private String value() {
    return joined(field.attributes().stream().map(Sql::quoted).toList());
  }

  private static String joined(List<String> columns) {
    return columns.size() == 1
        ? "CAST(%s AS VARCHAR)".formatted(columns.getFirst())
        : "concat_ws(' ', " + String.join(", ", columns) + ")";
  }

  private static String unquoted(String column) {
    return column.substring(1, column.length() - 1).replace("\"\"", "\"");
  }

  /// Small plain letters and digits, words one blank apart; null when nothing is left, or when it only says that nothing
  /// is known.
  private static String words(String text) {
    return """
        nullif(nullif(nullif(nullif(trim(regexp_replace(lower(strip_accents(%s)), '[^\\p{L}\\p{N}]+', ' ', 'g')), ''), 'null'),
          'n a'), 'unknown')""".formatted(text);
  }

  /// What is left without words that say little; the whole where that would be nothing.
  private static String withoutWords(String words, String pattern) {
    return "coalesce(nullif(trim(regexp_replace(regexp_replace(%1$s, '%2$s', ' ', 'g'), ' +', ' ', 'g')), ''), %1$s)"
        .formatted(words, pattern);
  }

  private static String code(String text) {
    return "nullif(regexp_replace(lower(%s), '[^\\p{L}\\p{N}]', '', 'g'), '')".formatted(text);
  }

  /// Year, month and day as eight digits, from the usual ways to write them; other digits as they are. Most are written in
  /// the first way, and trying all of them costs more than everything else about a date.
  private static String day(String text) {
    return """
        CASE WHEN TRY_CAST(%1$s AS DATE) IS NOT NULL THEN strftime(TRY_CAST(%1$s AS DATE), '%%Y%%m%%d')
        ELSE coalesce(strftime(CAST(try_strptime(%1$s, ['%%Y%%m%%d', '%%d/%%m/%%Y', '%%m/%%d/%%Y',
          '%%d.%%m.%%Y', '%%d-%%m-%%Y', '%%Y/%%m/%%d', '%%d %%b %%Y', '%%d %%B %%Y', '%%Y-%%m-%%d %%H:%%M:%%S']) AS DATE),
          '%%Y%%m%%d'), nullif(regexp_replace(%1$s, '[^0-9]', '', 'g'), '')) END""".formatted(text);
  }

  private static String missing(String column) {
    return "l.%1$s IS NULL OR r.%1$s IS NULL".formatted(column);
  }

  private static String same(String column) {
    return "l.%1$s = r.%1$s".formatted(column);
  }

  private static String similar(String column, double bound) {
    return "jaro_winkler_similarity(l.%1$s, r.%1$s) >= %2$s".formatted(column, bound);
  }

  /// Alike by Jaro-Winkler, which forgives neighbours swapped, or one letter more, fewer or other.
  private static String near(String column, double bound) {
    return """
        (jaro_winkler_similarity(l.%1$s, r.%1$s) >= %2$s OR (least(length(l.%1$s), length(r.%1$s)) >= 3 AND %3$s))"""
        .formatted(column, bound, oneEdit(column));
  }

  /// At most one letter more, fewer or other. An edit spares the first half of the shorter text or the second, and to look
  /// at those costs a tenth of an edit distance.
  private static String oneEdit(String column) {
    String half = "least(length(l.%1$s), length(r.%1$s)) // 2".formatted(column);
    return """
        (abs(length(l.%1$s) - length(r.%1$s)) <= 1
          AND (left(l.%1$s, %2$s) = left(r.%1$s, %2$s) OR right(l.%1$s, %2$s) = right(r.%1$s, %2$s))
          AND levenshtein(l.%1$s, r.%1$s) <= 1)""".formatted(column, half);
  }

  private static String jaccard(String words, double bound) {
    return "common >= %2$s * (len(l.%1$s) + len(r.%1$s) - common)".formatted(words, bound);
  }

  private static String rareInCommon(String words) {
    return "list_has_any(l.%1$s, r.%1$s)".formatted(words + Comparison.RARE);
  }
}
