package portrait.stages.unification;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import portrait.stages.unification.Matching.Side;
import tools.jackson.databind.json.JsonMapper;

/// By what a rule finds a record.
///
/// @param text digest of what must be the same
/// @param tab the place of the record's table, or [LivePlan#SENT]
/// @param checks the texts that are compared, as a JSON list; empty when there are none
record MatchKey(int rule, String text, long record, Side side, int tab, String checks) {

  /// A quarter of a billion records have a chance of one in ten thousand million that two texts share a digest.
  static final int DIGEST_LENGTH = 24;

  private static final JsonMapper JSON = JsonMapper.shared();

  /// The same as the warehouse makes with `left(md5(text), 24)`.
  static String digest(String text) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8)))
          .substring(0, DIGEST_LENGTH);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has MD5", impossible);
    }
  }

  static String checks(List<@Nullable String> texts) {
    return texts.isEmpty() ? ""
        : texts.stream().map(text -> text == null ? "null" : JSON.writeValueAsString(text))
            .collect(Collectors.joining(",", "[", "]"));
  }

  /// The same for a record.
  MatchKey of(long number) {
    return new MatchKey(rule, text, number, side, tab, checks);
  }

  List<@Nullable String> checkedTexts() {
    var texts = new ArrayList<@Nullable String>();
    if (!checks.isEmpty()) {
      JSON.readTree(checks).forEach(text -> texts.add(text.isNull() ? null : text.stringValue()));
    }
    return texts;
  }

  /// Whether a record on this side of the rule can meet one on the other.
  boolean faces(Side other) {
    return switch (side) {
      case LEFT -> other == Side.RIGHT;
      case RIGHT -> other == Side.LEFT;
      case BOTH -> other == Side.BOTH;
    };
  }
}
