package portrait.doors.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.foundation.connections.Form;

/// Settings are made from records, in English; every other language has words for each of them.
class SettingWordsTest {

  private static final String MISSING = "\0";

  @TempDir
  Path home;

  @Test
  void everySettingOfEveryPlaceHasWords() {
    try (var portrait = TestPortrait.in(home)) {
      for (var language : Messages.LANGUAGES.stream().filter(each -> !each.equals(Locale.ENGLISH)).toList()) {
        var text = new Messages(language, Clock.systemUTC());
        var keys = new ArrayList<String>();
        for (var connector : portrait.parts().connections().connectors()) {
          keys.add("connector.%s.help".formatted(connector.type()));
          keys.addAll(keys(connector.type(), connector.form()));
        }
        for (var destination : portrait.parts().exports().destinations()) {
          keys.addAll(keys(destination.targetName(), destination.target()));
        }
        for (var provider : portrait.parts().enrichments().providers()) {
          keys.addAll(keys(provider.type(), provider.target()));
        }
        assertEquals(List.of(), keys.stream().distinct().filter(key -> text.orElse(key, MISSING).equals(MISSING))
            .toList(), language.toString());
      }
    }
  }

  private static List<String> keys(String name, Form<?> form) {
    return form.fields().stream().flatMap(field -> {
      String key = "setting.%s.%s".formatted(name, field.name());
      return Stream.concat(Stream.of(key, key + ".help"), field.choices().stream().map(choice -> key + "." + choice));
    }).toList();
  }
}
