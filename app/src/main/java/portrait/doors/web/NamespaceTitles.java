package portrait.doors.web;

import portrait.foundation.definitions.Definitions;
import portrait.stages.sources.Sources;
import portrait.stages.sources.TableState;

/// What people call a namespace: the title it was given, a common word, or the title of the table whose keys it holds.
final class NamespaceTitles {

  private final Definitions definitions;
  private final Sources sources;
  private final Messages text;

  NamespaceTitles(Definitions definitions, Sources sources, Messages text) {
    this.definitions = definitions;
    this.sources = sources;
    this.text = text;
  }

  String of(String namespace) {
    String given = definitions.find("Namespace", namespace)
        .map(definition -> definition.spec().path("title").asString("")).orElse("");
    if (!given.isBlank()) {
      return given;
    }
    return sources.table(namespace).map(TableState::title)
        .orElseGet(() -> text.orElse("namespace." + namespace, Messages.label(namespace)));
  }
}
