package portrait.foundation.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The tables one package owns, as numbered SQL files beside it: `001.sql`, `002.sql`, … A file that has shipped never
/// changes; the next change is the next number.
///
/// @param owner the package's last name, for example `identity`
/// @param scripts in order, the first is version 1
public record Migrations(String owner, List<String> scripts) {

  public Migrations {
    scripts = List.copyOf(scripts);
  }

  /// The tables of the store itself, and then those.
  static List<Migrations> withOurs(List<Migrations> owners) {
    var all = new ArrayList<Migrations>(List.of(beside(Database.class)));
    all.addAll(owners);
    return all;
  }

  /// Reads the files in the folder `migrations` beside the facade class of the package that owns them.
  public static Migrations beside(Class<?> facade) {
    String owner = facade.getPackageName().substring(facade.getPackageName().lastIndexOf('.') + 1);
    var scripts = new ArrayList<String>();
    while (true) {
      String file = "migrations/%03d.sql".formatted(scripts.size() + 1);
      try (var stream = facade.getResourceAsStream(file)) {
        if (stream == null) {
          break;
        }
        scripts.add(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
      } catch (IOException unreadable) {
        throw new UncheckedIOException("cannot read " + file + " of " + owner, unreadable);
      }
    }
    if (scripts.isEmpty()) {
      throw new IllegalStateException(owner + " has no migrations/001.sql beside " + facade.getName());
    }
    return new Migrations(owner, scripts);
  }
}
