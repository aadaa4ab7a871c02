package portrait.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Role;

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
  void whereElsePeopleSignInIsReadAsAWhole() {
    assertEquals(Optional.empty(), Configuration.read(home, Map.of(), Map.of()).signOn());

    var signOn = Configuration.read(home, Map.of(), Map.of("PORTRAIT_SIGN_ON_ISSUER", "https://login.example.com/shop",
        "PORTRAIT_SIGN_ON_CLIENT_SECRET", "hidden", "PORTRAIT_SIGN_ON_NEWCOMERS", "viewer")).signOn().orElseThrow();

    assertEquals("login.example.com", signOn.issuer().getHost());
    assertEquals("portrait", signOn.clientId());
    assertEquals("hidden", signOn.clientSecret().orElseThrow().reveal());
    assertEquals("(hidden)", signOn.clientSecret().orElseThrow().toString());
    assertEquals(Optional.of(Role.VIEWER), signOn.newcomers());
    assertEquals("sign_on_newcomers was 'owner' (from PORTRAIT_SIGN_ON_NEWCOMERS) but must be empty, viewer, "
        + "contributor or admin",
        assertThrows(ProblemException.class,
            () -> Configuration.read(home, Map.of(), Map.of("PORTRAIT_SIGN_ON_ISSUER", "https://login.example.com",
                "PORTRAIT_SIGN_ON_NEWCOMERS", "owner")))
            .problem().message());
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
        look_ups_per_second, key_requests_per_second, address_requests_per_second, query_seconds, download_rows, sign_on_issuer, sign_on_client_id, sign_on_client_secret, sign_on_newcomers, \
        vault_key, vault_key_command, vault_key_before, exports_folder, further_hosts, traces_url; \
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
