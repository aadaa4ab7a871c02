package portrait.stages.segments;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import portrait.foundation.expressions.Columns;
import portrait.foundation.expressions.Condition;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.expressions.Uses;
import portrait.foundation.model.CustomerId;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseRow;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.consent.Purpose;

/// Counts whom a rule and each of its parts fits, in one query. An answer is wanted while somebody types: where a rule
/// looks at more events than can be read in that time, a share of the customers is asked, always the same.
final class Estimation {

  /** What two cores read within two seconds. */
  static final long EVENTS_EXACT_MAX = 4_000_000;

  private static final int SAMPLE = 6;
  /** Columns before those of the conditions. */
  private static final int FIRST = 3;

  private final SegmentDefinition segment;
  private final Instant now;
  /** Who is a member, where that is not the rule alone; then the rule and all of its parts, a part before its own. */
  private final List<Condition> conditions = new ArrayList<>();
  /** The place of the rule among the conditions. */
  private final int rulePlace;
  private final List<String> purposes;

  /// @param purposes that members must agree to
  Estimation(SegmentDefinition segment, List<Purpose> purposes, Instant now) {
    this.segment = segment;
    this.now = now;
    this.purposes = purposes.stream().map(Purpose::name).toList();
    this.rulePlace = purposes.isEmpty() ? 0 : 1;
    if (!purposes.isEmpty()) {
      conditions.add(segment.respecting(purposes).where());
    }
    collect(segment.where());
  }

  private void collect(Condition condition) {
    conditions.add(condition);
    parts(condition).forEach(this::collect);
  }

  private static List<Condition> parts(Condition condition) {
    return switch (condition) {
      case Condition.All(var all) when all.size() > 1 -> all;
      case Condition.Any(var any) when any.size() > 1 -> any;
      case Condition.Not(var inner) -> parts(inner);
      case Condition _ -> List.of();
    };
  }

  /// @param eventsMax more events than that are not looked at for an estimate
  Estimate run(WarehouseSession session, long eventsMax) {
    var columns = Columns.of(session);
    String rule = Expressions.text(segment.where());
    boolean isTimed = Expressions.isTimed(segment.where());
    if (columns.customer().columns().isEmpty()) {
      return new Estimate(rule, 0, 0, List.of(), List.of(), Optional.empty(), List.of(), isTimed,
          purposes, 0);
    }
    int oneIn = (int) Math.clamp((events(session) + eventsMax - 1) / eventsMax, 1, Integer.MAX_VALUE);
    long all = session.first(Sql.of("SELECT count(*) FROM Customer"), row -> row.number(1)).orElseThrow();
    return session.first(Expressions.counts(conditions, SAMPLE, now, segment.zone(), columns, oneIn), row -> {
      long asked = row.number(1);
      String sample = row.textOrNull(2);
      var scaled = new Scaled(row, asked, all, rulePlace);
      return new Estimate(rule, scaled.members(0), all,
          sample == null || sample.isEmpty() ? List.of()
              : Stream.of(sample.split(",")).map(CustomerId::of).toList(),
          scaled.parts(segment.where()),
          oneIn == 1 ? Optional.empty() : Optional.of(Estimate.Sampled.of(oneIn, asked, row.number(FIRST), all)),
          Expressions.unknownAttributes(segment.where(), columns), isTimed, purposes,
          Math.max(0, scaled.members(rulePlace) - scaled.members(0)));
    }).orElseThrow();
  }

  /// How many events the rule looks at.
  private long events(WarehouseSession session) {
    var uses = Expressions.uses(segment.where());
    if (!uses.isAnyEvent() && uses.events().isEmpty() || !session.exists("UnifiedActivity")) {
      return 0;
    }
    return session.first(Sql.format("SELECT count(*) FROM UnifiedActivity WHERE {}", looked(uses)),
        row -> row.number(1)).orElseThrow();
  }

  private Sql looked(Uses uses) {
    var since = uses.ignoresUntil(now).map(start -> Sql.of("ActivityTimestamp > CAST(? AS TIMESTAMP)", start))
        .orElse(Sql.of("TRUE"));
    return uses.isAnyEvent() ? since
        : Sql.format("{} AND ActivityName IN ({})", since,
            Sql.join(", ", uses.events().stream().sorted().map(name -> Sql.of("?", name)).toList()));
  }

  /// The counts of one answer, in the order of the conditions.
  private static final class Scaled {

    private final WarehouseRow row;
    private final long asked;
    private final long all;
    private int place;

    /// @param place of the rule
    Scaled(WarehouseRow row, long asked, long all, int place) {
      this.place = place;
      this.row = row;
      this.asked = asked;
      this.all = all;
    }

    long members(int condition) {
      long found = row.number(FIRST + condition);
      return asked == all || asked == 0 ? found : Math.round((double) found * all / asked);
    }

    List<Estimate.Part> parts(Condition of) {
      var parts = new ArrayList<Estimate.Part>();
      for (var part : Estimation.parts(of)) {
        long members = members(++place);
        parts.add(new Estimate.Part(Expressions.text(part), members, parts(part)));
      }
      return parts;
    }
  }
}
