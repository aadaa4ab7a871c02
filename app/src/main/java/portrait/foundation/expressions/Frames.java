package portrait.foundation.expressions;

import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/// The frames of one calendar period in one time zone. Moments of evaluation mostly lie in the same one, so the last is
/// remembered; several threads may lose each other's, which only costs the time to compute it again.
final class Frames {

  private final CalendarPeriod period;
  private final ZoneId zone;
  private volatile CalendarPeriod.@Nullable Frame latest;

  Frames(CalendarPeriod period, ZoneId zone) {
    this.period = period;
    this.zone = zone;
  }

  CalendarPeriod.Frame at(long now) {
    var frame = latest;
    if (frame == null || now < frame.since() || now >= frame.until()) {
      frame = period.at(now, zone);
      latest = frame;
    }
    return frame;
  }

  long enters(long moment) {
    return period.enters(moment, zone);
  }

  long leaves(long moment) {
    return period.leaves(moment, zone);
  }
}
