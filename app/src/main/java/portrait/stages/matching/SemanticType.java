package portrait.stages.matching;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// What the values of a column are, which says how two of them are compared and how records are brought together.
public enum SemanticType {
  GIVEN_NAME("(first|given|fore|christian)_?names?|fname|vorname|prenom|firstname", false), FAMILY_NAME(
      "(last|family|sur)_?names?|lname|nachname|nom|lastname",
      true), FULL_NAME("(full_?|contact_?|customer_?|person_?)?name|authors?|director|contact", false), DATE_OF_BIRTH(
          "dob|birth_?(date|day)|date_?of_?birth|born|geburtsdatum|.*_date_of_birth",
          false), EMAIL("e_?mail(_?address)?|mail|.*_e?mail", false), PHONE(
              "(tele)?phone(_?(number|no))?|mobile|cell|tel|telephone_?number|fax|.*_(phone|mobile|telephone)",
              true), ADDRESS(
                  "(street_?)?address(_?(line)?_?[0-9]?)|street(_?(name|number|no|line))?_?[0-9]?|house_?(number|no)|strasse|road",
                  true), POSTCODE("(post|postal|zip)_?code.*|zip|plz|postcode.*", true), CITY(
                      "city|town|suburb|locality|ort|ville|municipality|.*_(city|town)|birth_?place|place_?of_?birth",
                      true), ORGANISATION(
                          "(company|organi[sz]ation|org|business|account|employer|firm|site|agency|shop)(_?name)?",
                          true),
  /** A number or code given to one person: customer number, national id. */
  IDENTIFIER("(ssn|soc_?sec(_?id)?|tax_?id|vat|national_?id|passport|.*_(ssn|vat|passport))", false),
  /** One of few values: gender, country, state. */
  CATEGORY("gender|sex|country|state|province|county|region|language|title_of_address|salutation|occupation|venue",
      false),
  /** Words in any order: a title, a description. */
  TEXT("title|description|notes?|comment|product(_?name)?|summary|manufacturer|brand|model",
      false), NUMBER("year|age|price|amount|height|weight|income", false);

  private final Pattern names;
  private final boolean shared;

  SemanticType(String names, boolean shared) {
    this.names = Pattern.compile(names);
    this.shared = shared;
  }

  /// Whether people of one household or company have such values in common.
  public boolean isShared() {
    return shared;
  }

  /// The type as it is written in definitions.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The type of that name.
  public static Optional<SemanticType> of(String text) {
    for (var type : values()) {
      if (type.text().equals(text)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /// What a column of this name most likely holds; empty when its name says nothing.
  public static Optional<SemanticType> guess(String column) {
    String name = column.replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_")
        .replaceAll("^_+|_+$", "");
    for (var type : values()) {
      if (type.names.matcher(name).matches()) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
