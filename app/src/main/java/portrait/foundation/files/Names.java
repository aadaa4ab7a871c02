package portrait.foundation.files;

import portrait.foundation.model.Problem;

/// What a file may be called, the same in every store, so that what works in one works in all.
final class Names {

  private static final int BYTES_MAX = 900;
  /// Unpublished files of stores that have no uploads of their own.
  private static final String UNPUBLISHED = ".unpublished";

  private Names() {}

  static String checked(String name) {
    for (String part : name.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        throw wrong(name, "must have no empty part, '.' or '..' between its slashes");
      }
    }
    if (name.chars().anyMatch(c -> c < ' ' || c == 0x7f || c == '\\')) {
      throw wrong(name, "must have no backslash or control character");
    }
    if (name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > BYTES_MAX) {
      throw wrong(name, "must have at most %d bytes".formatted(BYTES_MAX));
    }
    return name;
  }

  /// The name in the store: the place's folder before it.
  static String below(String folder, String name) {
    return prefix(folder) + name;
  }

  /// What stands before the name of every file.
  static String prefix(String folder) {
    String inner = folder.replaceAll("/+$", "");
    return inner.isEmpty() ? "" : inner + "/";
  }

  /// A name beside the file's own, that no list shows.
  static String unpublished(String name, String unique) {
    int slash = name.lastIndexOf('/') + 1;
    return name.substring(0, slash) + "." + name.substring(slash) + "." + unique + UNPUBLISHED;
  }

  static boolean isUnpublished(String name) {
    return name.endsWith(UNPUBLISHED) && name.startsWith(".", name.lastIndexOf('/') + 1);
  }

  private static RuntimeException wrong(String name, String rule) {
    return Problem.of(Problem.Code.INVALID_PARAMETER, "the file name was '%s' but %s".formatted(name, rule))
        .asException();
  }
}
