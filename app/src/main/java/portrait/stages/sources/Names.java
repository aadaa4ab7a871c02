package portrait.stages.sources;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// The rule for names of sources, tables and columns.
final class Names {

  static final String RULE = "a letter, then letters, digits and underscores (100 at most)";

  private static final Pattern CLEAN = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,99}");

  private Names() {}

  static boolean isClean(String name) {
    return CLEAN.matcher(name).matches();
  }

  /// A name that fits the rule, as near as possible to what is written in a file.
  ///
  /// @param used names that are taken, in lower case; the new one is added
  static String clean(String written, Set<String> used) {
    String name = Normalizer.normalize(written.strip(), Normalizer.Form.NFKD).replaceAll("\\p{M}", "")
        .replace("ß", "ss").replaceAll("[^A-Za-z0-9]+", "_").replaceAll("^_+|_+$", "");
    if (name.isEmpty()) {
      name = "column";
    } else if (!Character.isLetter(name.charAt(0))) {
      name = "c_" + name;
    }
    name = name.substring(0, Math.min(name.length(), 90));
    String free = isClean(written) ? written : name;
    for (int copy = 2; !used.add(free.toLowerCase(Locale.ROOT)); copy++) {
      free = name + "_" + copy;
    }
    return free;
  }
}
