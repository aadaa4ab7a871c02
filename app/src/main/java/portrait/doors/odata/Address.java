package portrait.doors.odata;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.model.Problem;

/// What a request asks for: the parts of its path and its options. Both are split first and decoded then, so that an
/// encoded slash or ampersand is part of a value.
///
/// @param path decoded, without the root of the feed
/// @param options of the system, by name with the dollar sign
/// @param written path and query as they were sent, without `$skiptoken`: the next page has the same
record Address(List<String> path, Map<String, String> options, String written) {

  static final String ROOT = "/odata/v4";
  static final List<String> OPTIONS = List.of("$filter", "$select", "$expand", "$orderby", "$top", "$skip", "$count",
      "$search", "$apply", "$format", "$skiptoken");
  private static final int LENGTH_MAX = 65_536;

  Address {
    path = List.copyOf(path);
    options = Map.copyOf(options);
  }

  /// @param target path and query below the root, as they were sent
  static Address of(String target) {
    if (target.length() > LENGTH_MAX) {
      throw Problem.of(Problem.Code.TOO_LARGE, "the address has more than %d characters".formatted(LENGTH_MAX))
          .asException();
    }
    int question = target.indexOf('?');
    String path = question < 0 ? target : target.substring(0, question);
    var segments = new ArrayList<String>();
    for (String segment : path.split("/")) {
      if (!segment.isEmpty()) {
        segments.add(decoded(segment, false));
      }
    }
    // The product whose queries this feed answers has its sets under /data.
    if (!segments.isEmpty() && segments.getFirst().equals("data")) {
      segments.removeFirst();
    }
    return new Reading(segments).read(path, question < 0 ? "" : target.substring(question + 1));
  }

  Optional<String> option(String name) {
    return Optional.ofNullable(options.get(name)).filter(text -> !text.isBlank());
  }

  static int number(String name, String text) {
    try {
      int number = Integer.parseInt(text.strip());
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Told below.
    }
    throw Mistake.in(name, "it must be a whole number from 0");
  }

  static boolean truth(String name, String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      case String _ -> throw Mistake.in(name, "it must be true or false");
    };
  }

  private static final class Reading {

    private final List<String> segments;
    private final Map<String, String> options = new LinkedHashMap<>();

    Reading(List<String> segments) {
      this.segments = segments;
    }

    Address read(String path, String query) {
      var kept = new ArrayList<String>();
      for (String pair : query.split("&")) {
        if (pair.isEmpty()) {
          continue;
        }
        int equals = pair.indexOf('=');
        String name = decoded(equals < 0 ? pair : pair.substring(0, equals), true).strip();
        String value = equals < 0 ? "" : decoded(pair.substring(equals + 1), true);
        if (isCondition(name)) {
          // Published examples ask `$filter=…&IsMemberOfSegment('x')`: the second condition is meant as one, too.
          String condition = decoded(pair, true);
          options.merge("$filter", condition, "(%s) and (%s)"::formatted);
        } else {
          take(name, value);
        }
        if (!name.equalsIgnoreCase("$skiptoken")) {
          kept.add(pair);
        }
      }
      return new Address(segments, options,
          path + (kept.isEmpty() ? "" : "?" + String.join("&", kept)));
    }

    private static boolean isCondition(String name) {
      return name.regionMatches(true, 0, "IsMemberOfSegment(", 0, "IsMemberOfSegment(".length());
    }

    /// OData 4.01 allows system options without the dollar sign and in any case. What nobody knows is ignored, unless it
    /// has the sign.
    private void take(String name, String value) {
      String wanted = (name.startsWith("$") ? name : "$" + name).toLowerCase(Locale.ROOT);
      if (OPTIONS.contains(wanted)) {
        if (options.containsKey(wanted) && !wanted.equals("$filter")) {
          throw Mistake.in(wanted, "it stands twice");
        }
        options.merge(wanted, value, "(%s) and (%s)"::formatted);
      } else if (name.startsWith("$")) {
        throw Mistake.in(name, "there is no such option here%s".formatted(Expressions.nearest(name, OPTIONS)),
            "There are %s.".formatted(String.join(", ", OPTIONS)));
      }
    }
  }

  private static String decoded(String text, boolean isQuery) {
    if (text.indexOf('%') < 0 && text.indexOf('+') < 0 && text.indexOf(0) < 0) {
      return text;
    }
    var bytes = new ByteArrayOutputStream(text.length());
    for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
      int c = text.codePointAt(at);
      if (c == '%') {
        int high = at + 2 < text.length() ? Character.digit(text.charAt(at + 1), 16) : -1;
        int low = at + 2 < text.length() ? Character.digit(text.charAt(at + 2), 16) : -1;
        if (high < 0 || low < 0) {
          throw unreadable("has a percent sign without two hexadecimal digits after it");
        }
        bytes.write(high * 16 + low);
        at += 2;
      } else if (c == '+' && isQuery) {
        bytes.write(' ');
      } else {
        bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
      }
    }
    String decoded = bytes.toString(StandardCharsets.UTF_8);
    if (decoded.indexOf(0) >= 0) {
      throw unreadable("has the character NUL");
    }
    return decoded;
  }

  private static RuntimeException unreadable(String why) {
    return Problem.of(Problem.Code.INVALID_PARAMETER, "the address " + why).asException();
  }
}
