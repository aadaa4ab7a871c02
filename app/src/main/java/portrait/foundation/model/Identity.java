package portrait.foundation.model;

/// One way of naming a customer: a value is meaningless without its namespace.
///
/// @param namespace for example `anonymous_id`, `user_id`, `email`, or a source table such as `shop.contacts`
/// @param value as it came, trimmed; compared exactly, but in the namespace `email` always in lower case, because nobody
///   is told apart by the capitals of an address; at most 1,024 characters
public record Identity(String namespace, String value) implements Comparable<Identity> {

  /// Longest value that is kept as an identity; longer ones are junk, never people.
  public static final int VALUE_LENGTH_MAX = 1024;

  /// The namespace whose values are in lower case.
  public static final String EMAIL = "email";

  public Identity {
    if (namespace.equals(EMAIL)) {
      value = lowerCase(value.strip());
    }
    if (namespace.isBlank()) {
      throw new IllegalArgumentException("namespace must not be blank");
    }
    if (value.isBlank() || value.length() > VALUE_LENGTH_MAX) {
      throw new IllegalArgumentException("value of an identity in '%s' has %d characters but must have 1 to %d"
          .formatted(namespace, value.length(), VALUE_LENGTH_MAX));
    }
  }

  /// An identity as a caller wrote it.
  ///
  /// @throws ProblemException `invalid_parameter` when nobody can have it
  public static Identity asked(String namespace, String value) {
    if (namespace.indexOf(0) >= 0 || value.indexOf(0) >= 0) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "an identity has the character NUL but may not").asException();
    }
    try {
      return new Identity(namespace, value);
    } catch (IllegalArgumentException noIdentity) {
      throw new ProblemException(
          Problem.of(Problem.Code.INVALID_PARAMETER, String.valueOf(noIdentity.getMessage())), noIdentity);
    }
  }

  /// Letter by letter, as the warehouse does it: whole words have exceptions, such as the last letter of a Greek one.
  private static String lowerCase(String text) {
    boolean hasCapitals = text.codePoints().anyMatch(letter -> Character.toLowerCase(letter) != letter);
    return hasCapitals ? text.codePoints().map(Character::toLowerCase)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString() : text;
  }

  @Override
  public int compareTo(Identity other) {
    int byNamespace = namespace.compareTo(other.namespace);
    return byNamespace != 0 ? byNamespace : value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return namespace + ":" + value;
  }
}
