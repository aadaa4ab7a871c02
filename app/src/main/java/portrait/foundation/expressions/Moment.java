package portrait.foundation.expressions;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One evaluation: who, when, the event in hand, and the first moment at which the answer can change by time alone.
/// One object per evaluation, used by one thread.
final class Moment {

  static final long NEVER = Long.MAX_VALUE;

  final Subject subject;
  final long now;
  Subject.@Nullable Occurrence event;
  /// The item in hand of a list.
  @Nullable
  Object item;
  long changesAt = NEVER;
  private @Nullable List<? extends Subject.Occurrence> events;

  Moment(Subject subject, long now) {
    this.subject = subject;
    this.now = now;
  }

  List<? extends Subject.Occurrence> events() {
    var known = events;
    if (known == null) {
      known = subject.events();
      events = known;
    }
    return known;
  }

  Subject.Occurrence event() {
    var current = event;
    if (current == null) {
      throw new IllegalStateException("a property outside a condition on events");
    }
    return current;
  }

  void changes(long moment) {
    if (moment > now && moment < changesAt) {
      changesAt = moment;
    }
  }
}
