package portrait.benchmarks;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;

/// What somebody would write by hand in the bare engine for the blocks that matching chose: read the files, normalise,
/// bring records of one block together, compare, count the patterns, weigh each pair. Nothing is learned, explained,
/// grouped or kept.
final class BarePlan {

  private static final int GROUP_MAX = 200;
  /// What the names of keys mean for [GeneratedPeople].
  private static final Map<String, String> KEYS = Map.ofEntries(Map.entry("first_name", "first_name"),
      Map.entry("first letters of first_name", "left(first_name, 3)"),
      Map.entry("initial of first_name", "left(first_name, 1)"), Map.entry("last_name", "last_name"),
      Map.entry("first letters of last_name", "left(last_name, 3)"),
      Map.entry("initial of last_name", "left(last_name, 1)"), Map.entry("email", "email"),
      Map.entry("first part of email", "split_part(email, '@', 1)"), Map.entry("phone", "phone"),
      Map.entry("end of phone", "right(phone, 6)"), Map.entry("birth_date", "birth_date"),
      Map.entry("year of birth_date", "left(birth_date, 4)"),
      Map.entry("month and day of birth_date", "substr(birth_date, 5, 4)"), Map.entry("street", "street"),
      Map.entry("house number and first letters of street", "house"), Map.entry("postcode", "postcode"),
      Map.entry("street and postcode", "street || '/' || postcode"), Map.entry("town", "city"));

  private BarePlan() {}

  /// @param blocks the names of the keys of each block, joined by ` + `
  /// @return how many pairs were compared
  static long run(WarehouseSession session, Path files, List<String> blocks) {
    session.execute("""
        CREATE TEMP TABLE bare AS
        SELECT CAST(row_number() OVER (ORDER BY id) AS INTEGER) AS id, %s, email, phone, birth_date, postcode,
          nullif(regexp_extract(street, '[0-9]+'), '') || left(regexp_replace(street, '[0-9 ]', '', 'g'), 3) AS house
        FROM (SELECT id, %s, lower(email) AS email, right(regexp_replace(phone, '[^0-9]', '', 'g'), 9) AS phone,
            regexp_replace(birth_date, '[^0-9]', '', 'g') AS birth_date, postcode
          FROM read_csv('%s', all_varchar = true))""".formatted("first_name, last_name, city, street",
        Stream.of("first_name", "last_name", "city", "street").map(column -> "nullif(trim(regexp_replace(lower("
            + "strip_accents(%1$s)), '[^a-z0-9]+', ' ', 'g')), '') AS %1$s".formatted(column))
            .collect(Collectors.joining(", ")),
        files.toString()));
    session.execute("CREATE TEMP TABLE bare_block (hash UBIGINT, id INTEGER)");
    for (int number = 0; number < blocks.size(); number++) {
      var keys = Stream.of(blocks.get(number).split(" \\+ ", -1))
          .map(name -> Objects.requireNonNull(KEYS.get(name), name)).toList();
      session.execute("INSERT INTO bare_block SELECT hash(%d, %s), id FROM bare WHERE %s".formatted(number,
          String.join(", ", keys),
          keys.stream().map(key -> key + " IS NOT NULL").collect(Collectors.joining(" AND "))));
    }
    session.execute(
        """
        CREATE TEMP TABLE bare_kept AS SELECT hash, id FROM bare_block SEMI JOIN
          (SELECT hash FROM bare_block GROUP BY hash HAVING count(*) BETWEEN 2 AND %d) USING (hash);
        CREATE TEMP TABLE bare_pair AS
          SELECT DISTINCT l.id AS one, r.id AS other FROM bare_kept AS l JOIN bare_kept AS r
          ON l.hash = r.hash AND l.id < r.id;
        CREATE TEMP TABLE bare_compared AS SELECT one, other, %s AS first, %s AS last, %s AS email, %s AS phone, %s AS born,
          CASE WHEN l.street = r.street AND (l.postcode = r.postcode OR l.city = r.city) THEN 1
            WHEN jaro_winkler_similarity(l.street, r.street) >= 0.85 AND (l.postcode = r.postcode OR l.city = r.city) THEN 2
            WHEN l.street = r.street THEN 3 WHEN jaro_winkler_similarity(l.street, r.street) >= 0.85 THEN 4
            WHEN l.postcode = r.postcode THEN 5 WHEN l.city = r.city THEN 6
            WHEN coalesce(l.street, l.city) IS NULL OR coalesce(r.street, r.city) IS NULL THEN 0 ELSE 7 END AS address
        FROM bare_pair JOIN bare AS l ON l.id = one JOIN bare AS r ON r.id = other;
        CREATE TEMP TABLE bare_weight AS
          SELECT first, last, email, phone, born, address, count(*) AS pairs,
            20.0 - first - last - email - phone - born - address AS weight
          FROM bare_compared GROUP BY first, last, email, phone, born, address;
        CREATE TEMP TABLE bare_scored AS
          SELECT one, other, weight FROM bare_compared JOIN bare_weight USING (first, last, email, phone, born, address)"""
            .formatted(GROUP_MAX, level("first_name", 0.92, 0.8), level("last_name", 0.92, 0.8),
                level("email", 0.96, 0.88), level("phone", 0.97, 0.9), level("birth_date", 0.955, 0.85)));
    return session.first(Sql.of("SELECT count(*) FROM bare_scored"), row -> row.number(1)).orElseThrow();
  }

  private static String level(String column, double near, double similar) {
    return """
        CASE WHEN l.%1$s IS NULL OR r.%1$s IS NULL THEN 0 WHEN l.%1$s = r.%1$s THEN 1
          WHEN jaro_winkler_similarity(l.%1$s, r.%1$s) >= %2$s THEN 2
          WHEN jaro_winkler_similarity(l.%1$s, r.%1$s) >= %3$s THEN 3 ELSE 4 END""".formatted(column, near, similar);
  }
}
