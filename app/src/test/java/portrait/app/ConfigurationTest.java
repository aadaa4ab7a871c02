package portrait.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.model.ProblemException;

class ConfigurationTest {

  @TempDir
  Path home;

  @Test
  void aHomeNeedsNoSettings() {
    var configuration = Configuration.read(home, Map.of(), Map.of());

    assertEquals("127.0.0.1", configuration.host());
    assertEquals(8080, configuration.port());
    assertEquals(new DatabaseSettings.Sqlite(home.resolve("portrait.db")), configuration.database());
  }

  @Test
  void theCommandLineWinsOverTheEnvironmentWhichWinsOverTheFile() throws IOException {
    Files.writeString(home.resolve("portrait.yaml"), """
        port: 1001
        host: 0.0.0.0
        warehouse_megabytes: 512
        """);

    var configuration = Configuration.read(home, Map.of("port", "1003"),
        Map.of("PORTRAIT_PORT", "1002", "PORTRAIT_HOST", "127.0.0.2"));

    assertEquals(1003, configuration.port());
    assertEquals("127.0.0.2", configuration.host());
    assertEquals(512, configuration.warehouse().memoryMegabytes());
  }

  @Test
  void everyWrongSettingIsNamedAtOnce() throws IOException {
    Files.writeString(home.resolve("portrait.yaml"), """
        prot: 8081
        warehouse_threads: many
        """);

    var failure = assertThrows(ProblemException.class,
        () -> Configuration.read(home, Map.of("port", "99999"), Map.of("PORTRAIT_DATABASE_URL", "mysql://x")));

    assertEquals("""
        prot in %s is no setting; there are host, port, database_url, database_user, database_password, \
        warehouse_megabytes, warehouse_threads, message_kilobytes, batch_kilobytes, \
        quarantine_messages, quarantine_megabytes, quarantine_days, \
        look_ups_per_second; \
        warehouse_threads was 'many' (from portrait.yaml) but must be a whole number from 0 to 1024; \
        port was '99999' (from the command line) but must be a whole number from 0 to 65535; \
        database_url was 'mysql://x' (from PORTRAIT_DATABASE_URL) but must be empty or begin with jdbc:postgresql:"""
        .formatted(home.resolve("portrait.yaml")), failure.problem().message());
  }

  @Test
  void aDatabaseAddressMeansPostgres() {
    var configuration = Configuration.read(home, Map.of(),
        Map.of("PORTRAIT_DATABASE_URL", "jdbc:postgresql://db:5432/portrait", "PORTRAIT_DATABASE_USER", "portrait"));

    var postgres = assertInstanceOf(DatabaseSettings.Postgres.class, configuration.database());
    assertEquals("portrait", postgres.user());
  }
}
