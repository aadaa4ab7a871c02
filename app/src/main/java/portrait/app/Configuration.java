package portrait.app;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import portrait.doors.http.QueryLimits;
import portrait.doors.http.RateLimits;
import portrait.foundation.connections.VaultSettings;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.model.Problem;
import portrait.foundation.model.Secret;
import portrait.foundation.model.Yaml;
import portrait.foundation.security.Role;
import portrait.foundation.security.SignOnSettings;
import portrait.foundation.warehouse.WarehouseSettings;
import portrait.stages.events.MessageLimits;
import portrait.stages.events.QuarantineLimits;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Every setting of a server. The command line wins over the environment (`PORTRAIT_PORT`), which wins over
/// `portrait.yaml` in the home, which wins over the defaults.
///
/// @param host the address to listen on
/// @param port 0 takes any free one
/// @param home for files on their way in
/// @param messages how large what is collected may be
/// @param quarantine how much of what is refused is kept
/// @param rates how often callers may ask
/// @param queries what open-ended questions may cost
/// @param signOn where people may sign in instead of here
/// @param vault where the key of secrets is
/// @param exportsFolder under which exports put files
/// @param furtherHosts addresses that connections may call beside those they know
/// @param traces where traces of requests are sent
public record Configuration(Path home, String host, int port, DatabaseSettings database,
    WarehouseSettings warehouse, MessageLimits messages, QuarantineLimits quarantine, RateLimits rates,
    QueryLimits queries, Optional<SignOnSettings> signOn, VaultSettings vault, Path exportsFolder,
    List<String> furtherHosts, Optional<URI> traces) {

  public Configuration {
    furtherHosts = List.copyOf(furtherHosts);
  }

  /// With everything about connections where it stands when nobody says otherwise.
  public Configuration(Path home, String host, int port, DatabaseSettings database, WarehouseSettings warehouse,
      MessageLimits messages, QuarantineLimits quarantine, RateLimits rates, Optional<SignOnSettings> signOn) {
    this(home, host, port, database, warehouse, messages, quarantine, rates, QueryLimits.STANDARD, signOn,
        VaultSettings.in(home),
        home.resolve("exports"), List.of(), Optional.empty());
  }

  /// With the standard limits.
  public Configuration(Path home, String host, int port, DatabaseSettings database, WarehouseSettings warehouse) {
    this(home, host, port, database, warehouse, MessageLimits.STANDARD, QuarantineLimits.STANDARD,
        RateLimits.STANDARD, Optional.empty());
  }

  /// The same, with addresses that connections may call beside those they know.
  public Configuration with(List<String> hosts) {
    return new Configuration(home, host, port, database, warehouse, messages, quarantine, rates, queries, signOn, vault,
        exportsFolder, hosts, traces);
  }

  /// The same, with what open-ended questions may cost.
  public Configuration with(QueryLimits costs) {
    return new Configuration(home, host, port, database, warehouse, messages, quarantine, rates, costs, signOn, vault,
        exportsFolder, furtherHosts, traces);
  }

  /// The same, with people who may sign in elsewhere.
  public Configuration with(SignOnSettings elsewhere) {
    return new Configuration(home, host, port, database, warehouse, messages, quarantine, rates, queries,
        Optional.of(elsewhere), vault, exportsFolder, furtherHosts, traces);
  }

  /// One setting as people write it.
  ///
  /// @param standard what holds when nobody says otherwise
  /// @param meaning what it does and what it may be
  public record Setting(String name, String standard, String meaning) {

    /// Its name in the environment: `PORTRAIT_PORT`.
    public String environmentName() {
      return "PORTRAIT_" + name.toUpperCase(Locale.ROOT);
    }
  }

  private static final int KILOBYTE = 1024;
  private static final WarehouseSettings WAREHOUSE = WarehouseSettings.at(Path.of("warehouse.duckdb"));

  private static final Setting HOST = new Setting("host", "127.0.0.1",
      "the address to listen on; 0.0.0.0 for every network this machine is in");
  private static final Setting PORT = new Setting("port", "8080", "the port to listen on; 0 takes any free one");
  private static final Setting DATABASE_URL = new Setting("database_url", "",
      "the profile store: empty for a SQLite file in the home, or jdbc:postgresql://host:port/name");
  private static final Setting DATABASE_USER = new Setting("database_user", "", "the account in PostgreSQL");
  private static final Setting DATABASE_PASSWORD = new Setting("database_password", "",
      "its password; better in the environment than in a file");
  private static final Setting WAREHOUSE_MEGABYTES = new Setting("warehouse_megabytes",
      String.valueOf(WAREHOUSE.memoryMegabytes()),
      "what the warehouse may hold in memory before it writes to disk; 128 or more");
  private static final Setting WAREHOUSE_THREADS = new Setting("warehouse_threads", "0",
      "how many threads one warehouse statement may use; 0 for as many as there are processors");

  private static final Setting MESSAGE_KILOBYTES = new Setting("message_kilobytes",
      String.valueOf(MessageLimits.STANDARD.messageBytesMax() / KILOBYTE),
      "the largest message of a collection call; a larger one goes to the quarantine");
  private static final Setting BATCH_KILOBYTES = new Setting("batch_kilobytes",
      String.valueOf(MessageLimits.STANDARD.bodyBytesMax() / KILOBYTE),
      "the largest body of a collection call, unpacked; a larger one is answered 413; at most 4096");

  private static final Setting QUARANTINE_MESSAGES = new Setting("quarantine_messages",
      String.valueOf(QuarantineLimits.STANDARD.messagesMax()),
      "how many refused messages are kept; the oldest leave when there are more");
  private static final Setting QUARANTINE_MEGABYTES = new Setting("quarantine_megabytes",
      String.valueOf(QuarantineLimits.STANDARD.bytesMax() / KILOBYTE / KILOBYTE),
      "how large the refused messages may be together; the oldest leave when they are larger");
  private static final Setting QUARANTINE_DAYS = new Setting("quarantine_days",
      String.valueOf(QuarantineLimits.STANDARD.age().toDays()), "how long a refused message is kept");

  private static final Setting LOOK_UPS_PER_SECOND = new Setting("look_ups_per_second",
      String.valueOf(RateLimits.STANDARD.lookUps()),
      "look-ups a second from one address with one limited key; 0 for no bound");

  private static final Setting KEY_REQUESTS_PER_SECOND = new Setting("key_requests_per_second",
      String.valueOf(RateLimits.STANDARD.perKey()), "requests a second with one key; 0 for no bound");
  private static final Setting ADDRESS_REQUESTS_PER_SECOND = new Setting("address_requests_per_second",
      String.valueOf(RateLimits.STANDARD.perAddress()), "requests a second from one address; 0 for no bound");

  private static final Setting QUERY_SECONDS = new Setting("query_seconds",
      String.valueOf(QueryLimits.STANDARD.time().toSeconds()),
      "how long one open-ended question may take: an estimate, a preview, a table, a query of the feed, a question of an assistant");
  private static final Setting DOWNLOAD_ROWS = new Setting("download_rows",
      String.valueOf(QueryLimits.STANDARD.rows()),
      "the most rows of one file that is made for somebody who asks; an export has no such limit");

  private static final Setting SIGN_ON_ISSUER = new Setting("sign_on_issuer", "",
      "the address of an OpenID Connect provider where people may sign in; empty for passwords only");
  private static final Setting SIGN_ON_CLIENT_ID = new Setting("sign_on_client_id", "portrait",
      "what that provider calls this Portrait");
  private static final Setting SIGN_ON_CLIENT_SECRET = new Setting("sign_on_client_secret", "",
      "the secret of that client, if it has one; better in the environment than in a file");
  private static final Setting SIGN_ON_NEWCOMERS = new Setting("sign_on_newcomers", "",
      "the role of people from there whom nobody added: viewer, contributor or admin; empty to refuse them");

  private static final Setting VAULT_KEY = new Setting("vault_key", "",
      "the key that seals secrets of connections, 32 bytes in Base64; empty for the file vault.key in the home, made when needed");
  private static final Setting VAULT_KEY_COMMAND = new Setting("vault_key_command", "",
      "a command that prints that key, asked once at each start: for a vault elsewhere");
  private static final Setting VAULT_KEY_BEFORE = new Setting("vault_key_before", "",
      "the key that vault_key replaces: at the start, what it sealed is sealed anew");
  private static final Setting EXPORTS_FOLDER = new Setting("exports_folder", "",
      "under which exports put files; empty for the folder exports in the home");
  private static final Setting FURTHER_HOSTS = new Setting("further_hosts", "",
      "addresses that connections may call beside those they know, with commas between them: http://127.0.0.1:8123");

  private static final Setting TRACES_URL = new Setting("traces_url", "",
      "where traces of requests are sent, a collector that takes OTLP over HTTP: http://127.0.0.1:4318; empty for nowhere");

  /// Every setting there is, in the order of docs/reference/settings.md.
  public static final List<Setting> SETTINGS = List.of(HOST, PORT, DATABASE_URL, DATABASE_USER, DATABASE_PASSWORD,
      WAREHOUSE_MEGABYTES, WAREHOUSE_THREADS, MESSAGE_KILOBYTES, BATCH_KILOBYTES,
      QUARANTINE_MESSAGES, QUARANTINE_MEGABYTES, QUARANTINE_DAYS, LOOK_UPS_PER_SECOND,
      KEY_REQUESTS_PER_SECOND, ADDRESS_REQUESTS_PER_SECOND, QUERY_SECONDS, DOWNLOAD_ROWS, SIGN_ON_ISSUER,
      SIGN_ON_CLIENT_ID, SIGN_ON_CLIENT_SECRET,
      SIGN_ON_NEWCOMERS, VAULT_KEY, VAULT_KEY_COMMAND, VAULT_KEY_BEFORE, EXPORTS_FOLDER, FURTHER_HOSTS, TRACES_URL);

  /// @throws portrait.foundation.model.ProblemException `invalid_setting` that names every wrong setting at once
  public static Configuration read(Path home, Map<String, String> commandLine, Map<String, String> environment) {
    return new Reader(home, commandLine, environment).read();
  }

  private static final class Reader {

    private static final int PORT_MAX = 65_535;
    private static final int QUERY_SECONDS_MAX = 3_600;
    private static final int RATE_MAX = 1_000_000;
    private static final int COLLECTED_KILOBYTES_MAX = 4_096;
    private static final int DAYS_MAX = 36_500;
    private static final int THREADS_MAX = 1_024;
    private static final int MEGABYTES_MIN = 128;

    private final Path home;
    private final Map<String, String> commandLine;
    private final Map<String, String> environment;
    private final Map<String, String> file = new TreeMap<>();
    private final List<String> wrong = new ArrayList<>();

    Reader(Path home, Map<String, String> commandLine, Map<String, String> environment) {
      this.home = home;
      this.commandLine = commandLine;
      this.environment = environment;
    }

    Configuration read() {
      readFile(home.resolve("portrait.yaml"));
      int threads = number(WAREHOUSE_THREADS, 0, THREADS_MAX);
      var configuration = new Configuration(home, text(HOST), number(PORT, 0, PORT_MAX), database(),
          new WarehouseSettings(Optional.of(home.resolve("warehouse.duckdb")),
              number(WAREHOUSE_MEGABYTES, MEGABYTES_MIN, Integer.MAX_VALUE),
              threads == 0 ? WAREHOUSE.threads() : threads),
          new MessageLimits(number(MESSAGE_KILOBYTES, 1, COLLECTED_KILOBYTES_MAX) * KILOBYTE,
              number(BATCH_KILOBYTES, 1, COLLECTED_KILOBYTES_MAX) * KILOBYTE),
          QuarantineLimits.of(number(QUARANTINE_MESSAGES, 1, Integer.MAX_VALUE),
              number(QUARANTINE_MEGABYTES, 1, Integer.MAX_VALUE), number(QUARANTINE_DAYS, 1, DAYS_MAX)),
          new RateLimits(number(LOOK_UPS_PER_SECOND, 0, RATE_MAX), number(KEY_REQUESTS_PER_SECOND, 0, RATE_MAX),
              number(ADDRESS_REQUESTS_PER_SECOND, 0, RATE_MAX)),
          new QueryLimits(Duration.ofSeconds(number(QUERY_SECONDS, 1, QUERY_SECONDS_MAX)),
              number(DOWNLOAD_ROWS, 1, Integer.MAX_VALUE)),
          signOn(),
          vault(),
          text(EXPORTS_FOLDER).isEmpty() ? home.resolve("exports") : Path.of(text(EXPORTS_FOLDER)),
          Stream.of(text(FURTHER_HOSTS).split("[,\\s]+")).filter(host -> !host.isEmpty())
              .map(host -> host.replaceFirst("/+$", "")).toList(),
          traces());
      if (!wrong.isEmpty()) {
        throw Problem.of(Problem.Code.INVALID_SETTING, String.join("; ", wrong),
            "Every setting is explained in docs/reference/settings.md.").asException();
      }
      return configuration;
    }

    private void readFile(Path path) {
      if (!Files.exists(path)) {
        return;
      }
      try {
        var known = SETTINGS.stream().map(Setting::name).collect(Collectors.toSet());
        JsonNode yaml = Yaml.builder().build().readTree(Files.readString(path));
        if (!yaml.isObject() && !yaml.isMissingNode() && !yaml.isNull()) {
          wrong.add("%s must be lines of `name: value`".formatted(path));
        }
        for (var entry : yaml.properties()) {
          if (!known.contains(entry.getKey())) {
            wrong.add("%s in %s is no setting; there are %s".formatted(entry.getKey(), path,
                SETTINGS.stream().map(Setting::name).collect(Collectors.joining(", "))));
          } else {
            file.put(entry.getKey(), entry.getValue().asString(""));
          }
        }
      } catch (IOException | JacksonException unreadable) {
        wrong.add("%s cannot be read: %s".formatted(path, unreadable.getMessage()));
      }
    }

    private DatabaseSettings database() {
      String url = text(DATABASE_URL);
      if (url.isEmpty()) {
        return new DatabaseSettings.Sqlite(home.resolve("portrait.db"));
      }
      if (!url.startsWith("jdbc:postgresql:")) {
        wrong.add(complaint(DATABASE_URL, url, "must be empty or begin with jdbc:postgresql:"));
      }
      return new DatabaseSettings.Postgres(url, text(DATABASE_USER), Secret.of(text(DATABASE_PASSWORD)));
    }

    private Optional<SignOnSettings> signOn() {
      String issuer = text(SIGN_ON_ISSUER);
      if (issuer.isEmpty()) {
        return Optional.empty();
      }
      if (!issuer.matches("https?://[^/?#]+(/[^?#]*)?")) {
        wrong.add(complaint(SIGN_ON_ISSUER, issuer, "must be an address that begins with https://"));
        return Optional.empty();
      }
      String newcomers = text(SIGN_ON_NEWCOMERS);
      if (!newcomers.matches("|viewer|contributor|admin")) {
        wrong.add(complaint(SIGN_ON_NEWCOMERS, newcomers, "must be empty, viewer, contributor or admin"));
        return Optional.empty();
      }
      return Optional.of(new SignOnSettings(URI.create(issuer), text(SIGN_ON_CLIENT_ID),
          Optional.of(text(SIGN_ON_CLIENT_SECRET)).filter(secret -> !secret.isEmpty()).map(Secret::of),
          Optional.of(newcomers).filter(role -> !role.isEmpty()).map(Role::of)));
    }

    private Optional<URI> traces() {
      String url = text(TRACES_URL);
      if (!url.isEmpty() && !url.matches("https?://[^/?#\\s]+(/[^?#\\s]*)?")) {
        wrong.add(complaint(TRACES_URL, url, "must be an address that begins with http:// or https://"));
        return Optional.empty();
      }
      return Optional.of(url).filter(given -> !given.isEmpty()).map(URI::create);
    }

    private VaultSettings vault() {
      var command = Optional.of(text(VAULT_KEY_COMMAND)).filter(text -> !text.isBlank());
      var key = secret(VAULT_KEY);
      if (key.isPresent() && command.isPresent()) {
        wrong.add("vault_key and vault_key_command are both given but one must be empty");
      }
      return new VaultSettings(VaultSettings.in(home).file(), key, command, secret(VAULT_KEY_BEFORE));
    }

    private Optional<Secret> secret(Setting setting) {
      return Optional.of(text(setting)).filter(text -> !text.isEmpty()).map(Secret::of);
    }

    private int number(Setting setting, int min, int max) {
      String text = text(setting);
      String rule = max == Integer.MAX_VALUE ? "must be a whole number of %d or more".formatted(min)
          : "must be a whole number from %d to %d".formatted(min, max);
      try {
        int number = Integer.parseInt(text);
        if (number >= min && number <= max) {
          return number;
        }
      } catch (NumberFormatException _) {
        // Told below, with the rule.
      }
      wrong.add(complaint(setting, text, rule));
      return min;
    }

    private String complaint(Setting setting, String value, String rule) {
      return "%s was '%s' (from %s) but %s".formatted(setting.name(), value, origin(setting), rule);
    }

    private String text(Setting setting) {
      String given = commandLine.get(setting.name());
      if (given != null) {
        return given.strip();
      }
      String surrounding = environment.get(setting.environmentName());
      return surrounding != null ? surrounding.strip() : file.getOrDefault(setting.name(), setting.standard()).strip();
    }

    private String origin(Setting setting) {
      if (commandLine.containsKey(setting.name())) {
        return "the command line";
      }
      if (environment.containsKey(setting.environmentName())) {
        return setting.environmentName();
      }
      return file.containsKey(setting.name()) ? "portrait.yaml" : "the default";
    }
  }
}
