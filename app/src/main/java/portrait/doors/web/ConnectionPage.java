package portrait.doors.web;

import java.util.List;
import java.util.Optional;
import portrait.foundation.connections.Consent;

/// The form of one connection.
///
/// @param name empty for a new one
/// @param sharing `nobody`, `contributors` or `some`
/// @param some names of people and keys, with commas between them
/// @param dependants names of exports that use it
/// @param enriching names of enrichments that use it
public record ConnectionPage(String name, String title, String typeTitle, SettingFields fields, String sharing,
    String some, Optional<Consent> consent, List<String> dependants, List<String> enriching,
    List<String> mistakes) {

  public ConnectionPage {
    dependants = List.copyOf(dependants);
    enriching = List.copyOf(enriching);
    mistakes = List.copyOf(mistakes);
  }

  public boolean isNew() {
    return name.isEmpty();
  }
}
