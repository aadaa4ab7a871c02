package portrait.doors.web;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The form of one enrichment, from the record of its provider.
///
/// @param name empty for a new one
/// @param provider its type
/// @param connections to choose from; none where the provider needs none
/// @param inputs what the provider can be told
/// @param mapped what each of them comes from
/// @param others further inputs, one a line: `name = formula`
/// @param kept attributes, one a line: `attribute = value of the answer`
/// @param about `people` or `accounts`
/// @param hasAccounts whether there are any to choose
/// @param contacts whom else the same connection can tell about, where it can
/// @param segment empty for all customers
/// @param fields what customers have
public record EnrichmentFormPage(String name, String title, String provider, String providerTitle, String help,
    boolean needsConnection, String connection, List<ExportsPage.Choice> connections, SettingFields settings,
    List<Input> inputs, Map<String, String> mapped, boolean takesOthers, String others, String kept, String about,
    boolean hasAccounts, Optional<Contacts> contacts, String segment,
    List<ExportFormPage.Segment> segments, String output, boolean isInProfile, boolean isActive, List<String> fields,
    List<String> mistakes) {

  public EnrichmentFormPage {
    connections = List.copyOf(connections);
    inputs = List.copyOf(inputs);
    mapped = Map.copyOf(mapped);
    segments = List.copyOf(segments);
    fields = List.copyOf(fields);
    mistakes = List.copyOf(mistakes);
  }

  public boolean isNew() {
    return name.isEmpty();
  }

  /// The contacts of those that the enrichment is about, as an enrichment of their own.
  ///
  /// @param mapped what each input comes from, found by itself
  public record Contacts(String title, String help, String output, boolean isChosen, List<Mapped> mapped) {

    public Contacts {
      mapped = List.copyOf(mapped);
    }
  }

  /// @param field empty where none was found
  public record Mapped(String input, String field, boolean isRequired) {}

  /// In the language of the page.
  public record Input(String name, String title, String help, boolean isRequired) {}
}
