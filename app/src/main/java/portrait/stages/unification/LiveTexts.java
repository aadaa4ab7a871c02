package portrait.stages.unification;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.ColumnType;
import portrait.stages.unification.Matching.Side;
import portrait.stages.unification.UnificationDefinition.Condition;
import portrait.stages.unification.UnificationDefinition.MatchRule;

/// Makes the keys of what applications sent: as if it were a row of any table of a rule, written as the warehouse writes
/// a column of that type.
final class LiveTexts {

  private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
  private static final int MICROS_DIGITS = 6;

  private final LivePlan plan;
  private final Map<String, ColumnType> types;
  private final Vocabulary vocabulary;

  /// @param types of columns, by `table.column`; text where nothing is said
  LiveTexts(LivePlan plan, Map<String, ColumnType> types, Vocabulary vocabulary) {
    this.plan = plan;
    this.types = types;
    this.vocabulary = vocabulary;
  }

  /// @param record number of the identity that the attributes hang on
  List<MatchKey> keys(long record, Map<String, @Nullable Object> attributes) {
    var keys = new ArrayList<MatchKey>();
    plan.rules().forEach((number, rule) -> {
      for (var side : rule.isDeduplication() ? List.of(Side.BOTH) : List.of(Side.LEFT, Side.RIGHT)) {
        var texts = new ArrayList<@Nullable String>();
        for (var condition : rule.allConditions()) {
          texts.add(text(rule, condition, side != Side.RIGHT, attributes));
        }
        var checked = new ArrayList<@Nullable String>();
        rule.checks().forEach(place -> checked.add(texts.get(place)));
        var checks = MatchKey.checks(checked);
        digests(rule, texts).forEach(digest -> keys.add(new MatchKey(number, digest, record, side, LivePlan.SENT,
            checks)));
      }
    });
    return keys;
  }

  private static List<String> digests(MatchRule rule, List<@Nullable String> texts) {
    if (!rule.hasExact()) {
      String text = texts.get(Matching.strictest(rule));
      return text == null ? List.of() : MatchFunctions.blockList(text).stream().map(MatchKey::digest).toList();
    }
    var exact = new ArrayList<String>();
    for (int place = 0; place < rule.conditions().size(); place++) {
      if (rule.conditions().get(place).isExact()) {
        String text = texts.get(place);
        if (text == null) {
          return List.of();
        }
        exact.add(text);
      }
    }
    return List.of(MatchKey.digest(String.join(String.valueOf(MatchFunctions.SEPARATOR), exact)));
  }

  private @Nullable String text(MatchRule rule, Condition condition, boolean left,
      Map<String, @Nullable Object> attributes) {
    var leftType = types.getOrDefault(rule.left() + "." + condition.left(), ColumnType.STRING);
    var rightType = types.getOrDefault(rule.right() + "." + condition.right(), ColumnType.STRING);
    var type = Matching.areCompared(leftType, rightType) ? ColumnType.NUMBER : left ? leftType : rightType;
    for (String attribute : plan.attributes(rule, condition, left)) {
      Object value = attributes.get(attribute);
      String written = value == null ? null : written(value, type);
      if (written != null) {
        return written.isEmpty() ? null : MatchFunctions.normal(written, condition.normalise(), vocabulary);
      }
    }
    return null;
  }

  /// A value as the warehouse writes one of this type; null when it is none.
  static @Nullable String written(Object value, ColumnType type) {
    String text = value.toString();
    try {
      return switch (type) {
        case STRING -> value instanceof Double number ? number(number) : text;
        case INTEGER -> new BigDecimal(text.strip()).toBigIntegerExact().toString();
        case NUMBER -> number(Double.parseDouble(text.strip()));
        case BOOLEAN -> switch (text) {
          case "true", "false" -> text;
          default -> null;
        };
        case DATE -> LocalDate.parse(text.strip()).toString();
        case TIMESTAMP -> moment(Instant.parse(text.strip()));
        case JSON -> null;
      };
    } catch (ArithmeticException | NumberFormatException | DateTimeException _) {
      return null;
    }
  }

  private static String number(double value) {
    boolean isPlain = value == 0 || Math.abs(value) >= 1e-4 && Math.abs(value) < 1e15;
    String text = isPlain ? new BigDecimal(Double.toString(value)).toPlainString() : Double.toString(value);
    return isPlain && text.indexOf('.') < 0 ? text + ".0" : text;
  }

  private static String moment(Instant at) {
    var time = LocalDateTime.ofInstant(at, ZoneOffset.UTC);
    String seconds = SECONDS.format(time);
    if (time.getNano() == 0) {
      return seconds;
    }
    String micros = "%06d".formatted(time.getNano() / 1_000);
    int end = MICROS_DIGITS;
    while (end > 0 && micros.charAt(end - 1) == '0') {
      end--;
    }
    return end == 0 ? seconds : seconds + "." + micros.substring(0, end);
  }
}
