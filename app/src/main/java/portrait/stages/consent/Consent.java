package portrait.stages.consent;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Where consent lies. What somebody said about a purpose is an attribute named after it, so it is kept with the identity
/// it was said under, has a source and a time, and goes with merges, splits, look-ups and erasure like all they said. It
/// differs in how it is merged: the latest word counts whoever said it, and of two words of one moment the stricter.
public final class Consent {

  static final int NAME_MAX = 60;
  private static final String PREFIX = "consent.";

  private Consent() {}

  /// Whether an attribute says something about a purpose.
  public static boolean isAbout(String attribute) {
    return attribute.startsWith(PREFIX) && attribute.length() > PREFIX.length();
  }

  /// The attribute in which consent to a purpose lies.
  public static String attribute(String purpose) {
    return PREFIX + purpose(purpose);
  }

  /// The purpose that an attribute is about.
  public static String ofAttribute(String attribute) {
    return attribute.substring(PREFIX.length());
  }

  /// A category of some other system as the name of a purpose: `Advertising & Co` is `advertising---co`.
  public static String purpose(String category) {
    var name = new StringBuilder();
    category.strip().toLowerCase(Locale.ROOT).codePoints().limit(NAME_MAX).forEach(
        point -> name.append(point >= 'a' && point <= 'z' || point >= '0' && point <= '9' || point == '_'
            ? (char) point
            : '-'));
    return name.toString();
  }

  /// What a message says about purposes: in its traits as `consent.newsletter`, in its context as libraries with consent
  /// do, `consent: { categoryPreferences: { Advertising: true } }`. Other traits are handed back as they are.
  public static Map<String, @Nullable Object> said(Map<String, @Nullable Object> traits, ObjectNode context) {
    var preferences = context.path("consent").path("categoryPreferences");
    if (preferences.isEmpty() && traits.keySet().stream().noneMatch(Consent::isAbout)) {
      return traits;
    }
    var all = new TreeMap<String, @Nullable Object>();
    preferences.forEachEntry((category, value) -> {
      if (!category.isBlank() && value.isValueNode()) {
        all.put(attribute(category), Status.of(value.isNull() ? null : value.asString()).text());
      }
    });
    traits.forEach((name, value) -> {
      if (isAbout(name)) {
        all.put(attribute(ofAttribute(name)), Status.of(value).text());
      } else {
        all.put(name, value);
      }
    });
    return all;
  }
}
