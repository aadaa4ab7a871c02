package portrait.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import portrait.doors.http.WebServerSettings;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.model.Problem;
import portrait.foundation.model.Secret;
import portrait.foundation.warehouse.WarehouseSettings;
import portrait.stages.events.MessageLimits;
import portrait.stages.events.QuarantineLimits;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Every setting of a server. The command line wins over the environment (`PORTRAIT_PORT`), which wins over
/// `portrait.yaml` in the home, which wins over the defaults.
///
/// @param host the address to listen on
/// @param port 0 takes any free one
/// @param home for files on their way in
/// @param messages how large what is collected may be
/// @param quarantine how much of what is refused is kept
/// @param lookUpsPerSecond from one address with one limited key; 0 for no bound
public record Configuration(Path home, String host, int port, DatabaseSettings database,
    WarehouseSettings warehouse, MessageLimits messages, QuarantineLimits quarantine, int lookUpsPerSecond) {

  /// With the standard limits.
  public Configuration(Path home, String host, int port, DatabaseSettings database, WarehouseSettings warehouse) {
    this(home, host, port, database, warehouse, MessageLimits.STANDARD, QuarantineLimits.STANDARD,
        WebServerSettings.LOOK_UPS_PER_SECOND);
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
      String.valueOf(WebServerSettings.LOOK_UPS_PER_SECOND),
      "look-ups a second from one address with one limited key; 0 for no bound");

  /// Every setting there is, in the order of docs/reference/settings.md.
  public static final List<Setting> SETTINGS = List.of(HOST, PORT, DATABASE_URL, DATABASE_USER, DATABASE_PASSWORD,
      WAREHOUSE_MEGABYTES, WAREHOUSE_THREADS, MESSAGE_KILOBYTES, BATCH_KILOBYTES,
      QUARANTINE_MESSAGES, QUARANTINE_MEGABYTES, QUARANTINE_DAYS, LOOK_UPS_PER_SECOND);

  /// @throws portrait.foundation.model.ProblemException `invalid_setting` that names every wrong setting at once
  public static Configuration read(Path home, Map<String, String> commandLine, Map<String, String> environment) {
    return new Reader(home, commandLine, environment).read();
  }

  private static final class Reader {

    private static final int PORT_MAX = 65_535;
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
          number(LOOK_UPS_PER_SECOND, 0, Integer.MAX_VALUE));
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
        JsonNode yaml = YAMLMapper.builder().build().readTree(Files.readString(path));
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
