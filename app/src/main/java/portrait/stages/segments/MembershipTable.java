package portrait.stages.segments;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import portrait.foundation.expressions.Columns;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Schema;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;

/// The table of all memberships as of the last refresh.
final class MembershipTable {

  static final String NAME = "SegmentMembership";
  static final Schema SCHEMA = Schema.of(Schema.Column.of("CustomerId", ColumnType.STRING),
      Schema.Column.of("Segment", ColumnType.STRING));
  /** More in one query take more memory than they save time. */
  static final int TOGETHER_MAX = 200;

  /// What the members of each segment were computed with. Whoever writes a segment otherwise takes its row out.
  private static final String FINGERPRINTS = "_segment_fingerprint";
  private static final String HOLDS = "_segment_holds";

  private MembershipTable() {}

  static void create(WarehouseSession session) {
    if (!session.exists(NAME)) {
      session.create(NAME, SCHEMA);
    }
    session.execute("CREATE TABLE IF NOT EXISTS " + FINGERPRINTS + " (segment VARCHAR, fingerprint VARCHAR)");
  }

  /// Computes some segments anew and leaves the others as they are.
  ///
  /// @param rules all there are, each after those it depends on; members of others are taken out
  /// @param names of those that are computed
  /// @param lists members of static segments, whose rules nobody fits
  /// @param done hears how many more segments have been written
  static void rewrite(WarehouseSession session, List<SegmentRules.Rule> rules, Set<String> names,
      Map<String, List<CustomerId>> lists, Instant now, IntConsumer done) {
    create(session);
    var kept = rules.stream().map(SegmentRules.Rule::name).filter(name -> !names.contains(name)).toList();
    keep(session, kept);
    session.execute(Sql.format("DELETE FROM " + FINGERPRINTS + " WHERE segment NOT IN ({})", texts(kept)));
    // First of all, because rules build on them.
    lists.forEach((segment, customers) -> session.append(NAME,
        customers.stream().map(customer -> new Object[]{customer.toString(), segment})));
    var left = rules.stream().filter(rule -> names.contains(rule.name()) && !rule.definition().isStatic()).toList();
    var columns = Columns.of(session);
    while (!left.isEmpty()) {
      var together = Expressions.together(Map.of(),
          left.stream().limit(TOGETHER_MAX).map(SegmentRules.Rule::expression).toList(), now, columns,
          Optional.empty());
      session.execute(Sql.format("CREATE OR REPLACE TEMP TABLE " + HOLDS + " AS {}", together.query()));
      insert(session, HOLDS, left.subList(0, together.rules()));
      left = left.subList(together.rules(), left.size());
      done.accept(together.rules());
    }
    session.execute("DROP TABLE IF EXISTS " + HOLDS);
    done.accept(lists.size());
  }

  /// Takes out the members of all other segments.
  static void keep(WarehouseSession session, Collection<String> segments) {
    session.execute(Sql.format("DELETE FROM \"" + NAME + "\" WHERE \"Segment\" NOT IN ({})", texts(segments)));
  }

  static void remove(WarehouseSession session, Collection<String> segments) {
    session.execute(Sql.format("DELETE FROM \"" + NAME + "\" WHERE \"Segment\" IN ({})", texts(segments)));
  }

  /// @param computed a table that says, as `h0`, `h1`, …, for whom the rules hold
  static void insert(WarehouseSession session, String computed, List<SegmentRules.Rule> rules) {
    for (int place = 0; place < rules.size(); place++) {
      session.execute(Sql.of("INSERT INTO \"%s\" SELECT CustomerId, CAST(? AS VARCHAR) FROM %s WHERE h%d"
          .formatted(NAME, computed, place), rules.get(place).name()));
    }
  }

  static Map<String, String> fingerprints(WarehouseSession session) {
    return session.texts(Sql.of("SELECT segment, fingerprint FROM " + FINGERPRINTS));
  }

  static void remember(WarehouseSession session, Map<String, String> fingerprints) {
    session.execute("DELETE FROM " + FINGERPRINTS);
    session.append(FINGERPRINTS,
        fingerprints.entrySet().stream().map(each -> new Object[]{each.getKey(), each.getValue()}));
  }

  /// For an IN that may be empty.
  static Sql texts(Collection<String> texts) {
    return texts.isEmpty() ? Sql.of("SELECT CAST(NULL AS VARCHAR) WHERE FALSE")
        : Sql.join(", ", texts.stream().sorted().map(text -> Sql.of("CAST(? AS VARCHAR)", text)).toList());
  }
}
