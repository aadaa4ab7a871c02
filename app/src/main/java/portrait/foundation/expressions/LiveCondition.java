package portrait.foundation.expressions;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A condition, compiled for one customer at a time. Immutable; used by any number of threads for millions of customers.
public final class LiveCondition {

  private final Condition condition;
  private final ZoneId zone;
  private final Node.Truth node;

  LiveCondition(Condition condition, ZoneId zone) {
    this.condition = condition;
    this.zone = zone;
    this.node = new ConditionCompiler(zone).compile(condition);
  }

  /// What is so at one moment.
  ///
  /// @param holds false also when it is unknown
  /// @param changesAt the first moment at which the answer can change by time alone, if nothing else happens; it may be
  ///        early, never late; null for never
  public record Answer(boolean holds, @Nullable Instant changesAt) {}

  public Answer answer(Subject subject, Instant now) {
    var moment = new Moment(subject, Span.micros(now));
    boolean holds = Boolean.TRUE.equals(node.of(moment));
    return new Answer(holds, moment.changesAt == Moment.NEVER ? null : Span.micros(moment.changesAt));
  }

  /// True, false, or empty for unknown.
  public Optional<Boolean> truth(Subject subject, Instant now) {
    return Optional.ofNullable(node.of(new Moment(subject, Span.micros(now))));
  }

  /// Why it holds, or does not.
  public Explanation explain(Subject subject, Instant now) {
    return Explainer.explain(condition, zone, subject, now);
  }
}
