package portrait.foundation.expressions;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Compiles what looks at many events for the live evaluator: aggregates and sequences.
final class EventCompiler {

  private final ConditionCompiler conditions;
  private final ZoneId zone;

  EventCompiler(ConditionCompiler conditions, ZoneId zone) {
    this.conditions = conditions;
    this.zone = zone;
  }

  /// Takes the events that count, oldest first.
  @FunctionalInterface
  private interface Taker {
    void take(Moment moment);
  }

  /// Which events count, ready to be asked of one after another.
  final class Chosen {
    private final Set<String> names;
    private final Node.@Nullable Truth where;
    private final @Nullable Chosen since;
    private final @Nullable Span within;
    private final @Nullable Frames calendar;
    private final long from;
    private final long to;

    Chosen(Pick pick, Window window) {
      this.names = Set.copyOf(pick.names());
      this.where = pick.where().equals(Condition.ALWAYS) ? null : conditions.compile(pick.where());
      this.since = window.since().map(last -> new Chosen(last, Window.ALL)).orElse(null);
      this.within = window.within().orElse(null);
      this.calendar = window.calendar().map(period -> new Frames(period, zone)).orElse(null);
      this.from = window.from().map(Span::micros).orElse(Long.MIN_VALUE);
      this.to = window.to().map(Span::micros).orElse(Long.MAX_VALUE);
    }

    boolean isNamed(Subject.Occurrence event) {
      return names.isEmpty() || names.contains(event.name());
    }

    boolean matches(Subject.Occurrence event, Moment moment) {
      if (!isNamed(event)) {
        return false;
      }
      if (where == null) {
        return true;
      }
      var outer = moment.event;
      moment.event = event;
      boolean holds = Boolean.TRUE.equals(where.of(moment));
      moment.event = outer;
      return holds;
    }

    boolean isInside(long at) {
      return at >= from && at < to;
    }

    /// Only what is later lies in the window.
    long start(Moment moment) {
      long start = within == null ? Long.MIN_VALUE : within.beforeMicros(moment.now);
      return since == null ? start : Math.max(start, since.last(moment));
    }

    /// When the last of these events happened; the end of time when there was none.
    private long last(Moment moment) {
      long last = Long.MIN_VALUE;
      for (var event : moment.events()) {
        if (isNamed(event)) {
          long at = Span.micros(event.at());
          if (at > moment.now) {
            moment.changes(at);
          } else if (matches(event, moment)) {
            last = at;
          }
        }
      }
      return last == Long.MIN_VALUE ? Long.MAX_VALUE : last;
    }

    long leaves(long at) {
      return within != null ? within.leavesMicros(at) : calendar != null ? calendar.leaves(at) : Moment.NEVER;
    }

    /// What happened in this period may lie in the previous one once it has passed.
    private boolean isInCalendar(long at, Moment moment) {
      if (calendar == null) {
        return true;
      }
      boolean isIn = calendar.at(moment.now).holds(at);
      if (!isIn) {
        moment.changes(calendar.enters(at));
      }
      return isIn;
    }

    /// When the period itself moves on.
    long moves(long now) {
      return calendar == null ? Moment.NEVER : calendar.at(now).until();
    }

    boolean isInWindow(long at, long now) {
      return isInside(at) && (calendar == null || calendar.at(now).holds(at));
    }

    void each(Moment moment, Taker taker) {
      long start = start(moment);
      for (var event : moment.events()) {
        if (isNamed(event)) {
          long at = Span.micros(event.at());
          if (at > moment.now) {
            if (isInside(at)) {
              moment.changes(at);
            }
          } else if (at > start && isInside(at) && isInCalendar(at, moment) && matches(event, moment)) {
            moment.changes(leaves(at));
            moment.event = event;
            taker.take(moment);
            moment.event = null;
          }
        }
      }
    }
  }

  Node.Number number(Formula.Aggregate aggregate, FormulaCompiler formulas) {
    var chosen = new Chosen(aggregate.events().pick(), aggregate.events().window());
    var of = aggregate.of();
    return switch (aggregate.aggregation()) {
      case COUNT -> moment -> {
        var count = new long[1];
        chosen.each(moment, _ -> count[0]++);
        return count[0];
      };
      case COUNT_DISTINCT -> {
        var text = formulas.text(of.orElseThrow());
        yield moment -> {
          var distinct = new HashSet<String>();
          chosen.each(moment, at -> {
            String value = text.of(at);
            if (value != null) {
              distinct.add(value);
            }
          });
          return distinct.size();
        };
      }
      case SUM, AVERAGE -> {
        var number = formulas.number(of.orElseThrow());
        boolean isSum = aggregate.aggregation() == Aggregation.SUM;
        yield moment -> {
          var sum = new ExactSum();
          chosen.each(moment, at -> sum.add(number.of(at)));
          return isSum ? sum.sum() : sum.average();
        };
      }
      case MIN, MAX -> {
        if (Typed.of(aggregate) != ValueType.NUMBER) {
          yield _ -> Double.NaN;
        }
        var number = formulas.number(of.orElseThrow());
        boolean isMin = aggregate.aggregation() == Aggregation.MIN;
        yield moment -> {
          var best = new double[]{Double.NaN};
          chosen.each(moment, at -> {
            double value = number.of(at);
            if (!Double.isNaN(value) && (Double.isNaN(best[0]) || (isMin ? value < best[0] : value > best[0]))) {
              best[0] = value;
            }
          });
          return best[0];
        };
      }
      case ARG_MAX, ARG_MIN -> {
        var number = formulas.number(of.orElseThrow());
        var picked = picked(aggregate, at -> {
          double value = number.of(at);
          return Double.isNaN(value) ? null : value;
        }, formulas);
        yield moment -> picked.of(moment) instanceof Double found ? found : Double.NaN;
      }
      // The first or last text, and then its number: not the first or last text that is a number.
      case FIRST, LAST -> {
        if (Typed.of(aggregate) == ValueType.TEXT) {
          var text = text(aggregate, formulas);
          yield moment -> Values.number((Object) text.of(moment));
        }
        var number = formulas.number(of.orElseThrow());
        boolean isFirst = aggregate.aggregation() == Aggregation.FIRST;
        yield moment -> {
          var found = new double[]{Double.NaN};
          chosen.each(moment, at -> {
            if (!isFirst || Double.isNaN(found[0])) {
              double value = number.of(at);
              found[0] = Double.isNaN(value) ? found[0] : value;
            }
          });
          return found[0];
        };
      }
    };
  }

  Node.Text text(Formula.Aggregate aggregate, FormulaCompiler formulas) {
    var picked = picked(aggregate, formulas.text(aggregate.of().orElseThrow())::of, formulas);
    return moment -> (String) picked.of(moment);
  }

  Node.Truth truth(Formula.Aggregate aggregate, FormulaCompiler formulas) {
    return switch (Typed.of(aggregate)) {
      case ANY, BOOLEAN -> {
        var picked = picked(aggregate, formulas.truth(aggregate.of().orElseThrow())::of, formulas);
        yield moment -> (Boolean) picked.of(moment);
      }
      case TEXT -> {
        var text = text(aggregate, formulas);
        yield moment -> Values.truth(text.of(moment));
      }
      case NUMBER, DATE, TIMESTAMP -> _ -> null;
    };
  }

  Node.Any any(Formula.Aggregate aggregate, FormulaCompiler formulas) {
    return picked(aggregate, formulas.any(aggregate.of().orElseThrow()), formulas);
  }

  Node.Time date(Formula.Aggregate aggregate, FormulaCompiler formulas) {
    if (Typed.of(aggregate) == ValueType.TIMESTAMP) {
      var time = timestamp(aggregate, formulas);
      return moment -> Values.dayOf(time.of(moment), formulas.zone());
    }
    return time(aggregate, formulas.date(aggregate.of().orElseThrow()), formulas);
  }

  Node.Time timestamp(Formula.Aggregate aggregate, FormulaCompiler formulas) {
    if (Typed.of(aggregate) == ValueType.DATE) {
      var day = date(aggregate, formulas);
      return moment -> Values.begin(day.of(moment), formulas.zone());
    }
    return time(aggregate, formulas.timestamp(aggregate.of().orElseThrow()), formulas);
  }

  private Node.Time time(Formula.Aggregate aggregate, Node.Time of, FormulaCompiler formulas) {
    if (aggregate.by().isPresent()) {
      var picked = picked(aggregate, at -> {
        long value = of.of(at);
        return value == Values.NO_TIME ? null : value;
      }, formulas);
      return moment -> picked.of(moment) instanceof Long found ? found : Values.NO_TIME;
    }
    var chosen = new Chosen(aggregate.events().pick(), aggregate.events().window());
    var aggregation = aggregate.aggregation();
    return moment -> {
      var best = new long[]{Values.NO_TIME};
      chosen.each(moment, at -> {
        long value = of.of(at);
        if (value != Values.NO_TIME && (best[0] == Values.NO_TIME || switch (aggregation) {
          case MIN -> value < best[0];
          case MAX -> value > best[0];
          case LAST -> true;
          case FIRST, COUNT, COUNT_DISTINCT, SUM, AVERAGE, ARG_MAX, ARG_MIN -> false;
        })) {
          best[0] = value;
        }
      });
      return best[0];
    };
  }

  /// The first or last value that is not missing, or the one of the event that has most or least.
  private Node.Any picked(Formula.Aggregate aggregate, Node.Any of, FormulaCompiler formulas) {
    var chosen = new Chosen(aggregate.events().pick(), aggregate.events().window());
    if (aggregate.by().isPresent()) {
      return extreme(chosen, aggregate.aggregation() == Aggregation.ARG_MAX, of, rank(aggregate.by().get(), formulas));
    }
    boolean isFirst = aggregate.aggregation() == Aggregation.FIRST;
    return moment -> {
      var found = new @Nullable Object[1];
      chosen.each(moment, at -> {
        if (!isFirst || found[0] == null) {
          Object value = of.of(at);
          found[0] = value == null ? found[0] : value;
        }
      });
      return found[0];
    };
  }

  private static Node.Any extreme(Chosen chosen, boolean isMost, Node.Any of, Node.Any rank) {
    return moment -> {
      var found = new @Nullable Object[1];
      var best = new @Nullable Object[1];
      chosen.each(moment, at -> {
        Object ranked = rank.of(at);
        Object value = ranked == null ? null : of.of(at);
        if (ranked != null && value != null) {
          // Events come oldest first: of equals the last has most, the first has least.
          int comparison = best[0] == null ? 0 : compared(ranked, best[0]);
          if (best[0] == null || (isMost ? comparison >= 0 : comparison < 0)) {
            best[0] = ranked;
            found[0] = value;
          }
        }
      });
      return found[0];
    };
  }

  /// Numbers as numbers, times in microseconds or days.
  private static Node.Any rank(Formula by, FormulaCompiler formulas) {
    return switch (Typed.ranking(by)) {
      case DATE -> {
        var day = formulas.date(by);
        yield at -> time(day.of(at));
      }
      case TIMESTAMP -> {
        var time = formulas.timestamp(by);
        yield at -> time(time.of(at));
      }
      case NUMBER, ANY, TEXT, BOOLEAN -> {
        var number = formulas.number(by);
        yield at -> {
          double value = number.of(at);
          return Double.isNaN(value) ? null : value;
        };
      }
    };
  }

  private static @Nullable Object time(long value) {
    return value == Values.NO_TIME ? null : value;
  }

  /// Not by `Double.compare`, for which 0 and -0 differ.
  private static int compared(Object one, Object other) {
    if (one instanceof Double left && other instanceof Double right) {
      return left < right ? -1 : left > right ? 1 : 0;
    }
    return Long.compare((Long) one, (Long) other);
  }

  /// How many events count, compared with a number: knows exactly when the answer changes, because it can play the
  /// comings and goings of events ahead. Only for conditions on events that do not look at the clock themselves.
  Node.Truth count(Events events, Condition.Relation relation, double limit) {
    var chosen = new Chosen(events.pick(), events.window());
    return moment -> {
      long start = chosen.start(moment);
      var times = new Times();
      int inside = 0;
      for (var event : moment.events()) {
        if (chosen.isNamed(event)) {
          long at = Span.micros(event.at());
          if (at > start && chosen.isInside(at) && chosen.matches(event, moment)) {
            times.add(at);
            inside += at <= moment.now ? 1 : 0;
          }
        }
      }
      boolean holds = relation.holds(Double.compare(inside, limit));
      int left = 0;
      int entered = inside;
      while (left < entered || entered < times.size()) {
        long leaving = left < entered ? chosen.leaves(times.get(left)) : Moment.NEVER;
        long entering = entered < times.size() ? times.get(entered) : Moment.NEVER;
        long next = Math.min(leaving, entering);
        if (next == Moment.NEVER) {
          break;
        }
        left += leaving == next ? 1 : 0;
        entered += entering == next ? 1 : 0;
        boolean isMore = left < entered && chosen.leaves(times.get(left)) == next
            || entered < times.size() && times.get(entered) == next;
        if (!isMore && relation.holds(Double.compare(entered - left, limit)) != holds) {
          moment.changes(next);
          break;
        }
      }
      return holds;
    };
  }

  /// Events one after another: for each step and event, the latest moment at which a chain that ends there can have
  /// begun. The latest beginning leaves the least room for what must not lie between, and stays in the window longest.
  Node.Truth sequence(Condition.Sequence sequence) {
    var steps = sequence.steps().stream().map(step -> new Chosen(step.pick(), sequence.window())).toList();
    var gaps = sequence.steps().stream()
        .mapToLong(step -> step.within().map(span -> span.secondsMax() * 1_000_000).orElse(Long.MAX_VALUE)).toArray();
    var without = sequence.without().map(pick -> new Chosen(pick, sequence.window()));
    return moment -> {
      var first = steps.getFirst();
      var chain = new Chain(moment, first.start(moment), first, steps);
      long[] begins = chain.begins(steps.getFirst());
      for (int step = 1; step < steps.size(); step++) {
        begins = chain.follows(steps.get(step), begins, gaps[step]);
      }
      long begin = chain.latest(begins, without.orElse(null));
      moment.changes(first.moves(moment.now));
      if (begin == Values.NO_TIME) {
        moment.changes(chain.future());
        return false;
      }
      moment.changes(first.leaves(begin));
      return true;
    };
  }

  /// The events of one customer that lie in a sequence's window.
  private static final class Chain {
    private final Moment moment;
    private final List<? extends Subject.Occurrence> events;
    private final long[] times;
    private long future = Moment.NEVER;

    Chain(Moment moment, long start, Chosen window, List<Chosen> steps) {
      this.moment = moment;
      this.events = moment.events().stream().filter(event -> {
        long at = Span.micros(event.at());
        if (at > moment.now && window.isInside(at) && steps.stream().anyMatch(step -> step.isNamed(event))) {
          future = Math.min(future, at);
        }
        return at > start && at <= moment.now && window.isInWindow(at, moment.now);
      }).toList();
      this.times = events.stream().mapToLong(event -> Span.micros(event.at())).toArray();
    }

    long future() {
      return future;
    }

    long[] begins(Chosen step) {
      var begins = new long[times.length];
      for (int i = 0; i < times.length; i++) {
        begins[i] = step.matches(events.get(i), moment) ? times[i] : Values.NO_TIME;
      }
      return begins;
    }

    /// The greatest `before` among events strictly earlier and at most `gap` ago: a sliding maximum, kept in a row of
    /// places whose values fall.
    long[] follows(Chosen step, long[] before, long gap) {
      var begins = new long[times.length];
      var row = new int[times.length];
      int head = 0;
      int tail = 0;
      int added = 0;
      for (int i = 0; i < times.length; i++) {
        for (; added < i && times[added] < times[i]; added++) {
          while (tail > head && before[row[tail - 1]] <= before[added]) {
            tail--;
          }
          row[tail++] = added;
        }
        while (tail > head && times[i] - times[row[head]] > gap) {
          head++;
        }
        begins[i] = tail > head && step.matches(events.get(i), moment) ? before[row[head]] : Values.NO_TIME;
      }
      return begins;
    }

    long latest(long[] begins, @Nullable Chosen without) {
      long latest = Values.NO_TIME;
      long refused = Values.NO_TIME;
      int seen = 0;
      for (int i = 0; i < times.length; i++) {
        for (; without != null && seen < i && times[seen] < times[i]; seen++) {
          if (without.matches(events.get(seen), moment)) {
            refused = times[seen];
          }
        }
        if (begins[i] >= refused) {
          latest = Math.max(latest, begins[i]);
        }
      }
      return latest;
    }
  }

  /// A list of times that does not box.
  private static final class Times {
    private long[] times = new long[8];
    private int size;

    void add(long time) {
      if (size == times.length) {
        times = java.util.Arrays.copyOf(times, size * 2);
      }
      times[size++] = time;
    }

    long get(int place) {
      return times[place];
    }

    int size() {
      return size;
    }
  }

  /// Ids of the events that count now, oldest first.
  static List<String> counted(Events events, ZoneId zone, Moment moment, int limit) {
    var found = new java.util.ArrayList<String>();
    new ConditionCompiler(zone).events().new Chosen(events.pick(), events.window()).each(moment, at -> {
      if (found.size() < limit) {
        found.add(at.event().id());
      }
    });
    return found;
  }

  /// A value in words, for explanations.
  static String shown(@Nullable Object value) {
    return switch (value) {
      case null -> "missing";
      case LocalDate day -> day.toString();
      case String text -> "'" + text + "'";
      default -> java.util.Objects.requireNonNull(Values.text(value));
    };
  }
}
