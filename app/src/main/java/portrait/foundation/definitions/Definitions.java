package portrait.foundation.definitions;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import portrait.foundation.database.Database;
import portrait.foundation.database.Migrations;

/// Everything that people configure, as named and versioned resources.
public final class Definitions {

  public static Migrations migrations() {
    return Migrations.beside(Definitions.class);
  }

  public Definitions(Database database, List<Kind<?>> kinds, Clock clock) {}

  public List<Change> apply(String yamlOrJson, String by) {
    throw new UnsupportedOperationException();
  }

  public List<Change> diff(String yamlOrJson) {
    throw new UnsupportedOperationException();
  }

  public List<Definition> list(String kind) {
    throw new UnsupportedOperationException();
  }

  public Optional<Definition> find(String kind, String name) {
    throw new UnsupportedOperationException();
  }

  public List<Definition> history(String kind, String name) {
    throw new UnsupportedOperationException();
  }

  public Change delete(String kind, String name, String by) {
    throw new UnsupportedOperationException();
  }

  public String export(Optional<String> kind) {
    throw new UnsupportedOperationException();
  }

  public <T> List<T> all(Kind<T> kind) {
    throw new UnsupportedOperationException();
  }

  public <T> Optional<T> one(Kind<T> kind, String name) {
    throw new UnsupportedOperationException();
  }

  public void onChange(Consumer<List<Change>> listener) {
    throw new UnsupportedOperationException();
  }

  public String schemaOf(String kind) {
    throw new UnsupportedOperationException();
  }
}
