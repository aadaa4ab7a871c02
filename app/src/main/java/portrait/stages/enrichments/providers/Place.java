package portrait.stages.enrichments.providers;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/// A location in one text, in the parts that Leadspace asks for. Where the last part is no country, nothing is guessed:
/// the whole text goes as the street, which makes the match less sure.
final class Place {

  private static final Map<String, String> COUNTRIES = new HashMap<>();

  static {
    for (String code : Locale.getISOCountries()) {
      var country = Locale.of("", code);
      String name = country.getDisplayCountry(Locale.ENGLISH);
      for (String spelling : List.of(code, name, country.getDisplayCountry(Locale.FRENCH),
          country.getDisplayCountry(country), country.getISO3Country())) {
        COUNTRIES.putIfAbsent(spelling.toLowerCase(Locale.ROOT), name);
      }
    }
    COUNTRIES.put("usa", "United States");
    COUNTRIES.put("uk", "United Kingdom");
  }

  private Place() {}

  /// @return empty for an empty text
  static SequencedMap<String, String> read(String location) {
    var parts = Arrays.stream(location.split(",")).map(String::strip).filter(part -> !part.isEmpty()).toList();
    var place = new LinkedHashMap<String, String>();
    if (parts.isEmpty()) {
      return place;
    }
    var country = COUNTRIES.get(parts.getLast().toLowerCase(Locale.ROOT));
    if (country == null) {
      place.put("street", location.strip());
      return place;
    }
    place.put("country", country);
    if (parts.size() > 1) {
      place.put("city", parts.get(parts.size() - 2));
    }
    if (parts.size() > 2) {
      place.put("street", String.join(", ", parts.subList(0, parts.size() - 2)));
    }
    return place;
  }
}
