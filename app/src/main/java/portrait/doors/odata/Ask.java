package portrait.doors.odata;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// One request of the feed, alone or in a batch.
///
/// @param target path and query below the root, as they were sent
/// @param root the address of the feed, with a slash at the end
/// @param headers names in lower case
record Ask(String target, String root, Map<String, String> headers) {

  static final int PAGE_MAX = 5_000;
  private static final int PAGE_STANDARD = 100;
  private static final Pattern PAGE_SIZE = Pattern.compile("(?:odata\\.)?maxpagesize\\s*=\\s*([0-9]{1,9})");
  private static final Pattern METADATA = Pattern.compile("(?:odata\\.)?metadata\\s*=\\s*([a-z]+)");

  /// How much is said beside the data.
  enum Detail {
    NONE, MINIMAL, FULL
  }

  Ask {
    headers = headers.entrySet().stream().collect(
        Collectors.toUnmodifiableMap(header -> header.getKey().toLowerCase(Locale.ROOT), Map.Entry::getValue,
            (one, _) -> one));
  }

  private String header(String name) {
    return headers.getOrDefault(name, "");
  }

  /// 4.01, unless the caller knows 4.0 only.
  String version() {
    return header("odata-maxversion").strip().equals("4.0") ? "4.0" : "4.01";
  }

  int pageSize() {
    var match = PAGE_SIZE.matcher(header("prefer"));
    return match.find() ? Math.clamp(Integer.parseInt(match.group(1)), 1, PAGE_MAX) : PAGE_STANDARD;
  }

  boolean isPageSizeAsked() {
    return PAGE_SIZE.matcher(header("prefer")).find();
  }

  private String format(Optional<String> option) {
    return option.orElse(header("accept")).toLowerCase(Locale.ROOT);
  }

  Detail detail(Optional<String> format) {
    var match = METADATA.matcher(format(format));
    return !match.find() ? Detail.MINIMAL
        : match.group(1).equals("none") ? Detail.NONE : match.group(1).equals("full") ? Detail.FULL : Detail.MINIMAL;
  }

  /// Whether 64-bit numbers are written as text, because the caller's numbers are floating ones.
  boolean isExact(Optional<String> format) {
    return format(format).contains("ieee754compatible=true");
  }

  /// Whether the description is wanted as JSON.
  boolean wantsJson(Optional<String> format) {
    String wanted = format(format);
    return wanted.contains("json") && !wanted.contains("xml");
  }
}
