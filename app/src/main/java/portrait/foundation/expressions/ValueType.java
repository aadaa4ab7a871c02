package portrait.foundation.expressions;

/// What a formula yields. `ANY` is an attribute, measure or property: what it is compared with decides.
public enum ValueType {
  TEXT("text"), NUMBER("a number"), BOOLEAN("true or false"), DATE("a date"), TIMESTAMP("a timestamp"), ANY("anything");

  private final String words;

  ValueType(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }
}
