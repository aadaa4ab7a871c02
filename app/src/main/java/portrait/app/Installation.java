package portrait.app;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import portrait.doors.cli.Home;
import portrait.doors.cli.Product;
import portrait.processes.backup.Backups;
import portrait.processes.backup.Contents;

/// The product as commands start it: settings are read, then everything is wired.
record Installation(Map<String, String> environment) implements Product {

  @Override
  public Running start(Home home, Map<String, String> given) {
    return Wiring.open(Configuration.read(home.folder(), given, environment), Clock.systemUTC());
  }

  @Override
  public Contents restore(Home home, Path backup, Optional<Path> suppressed, LongConsumer progress) {
    var configuration = Configuration.read(home.folder(), Map.of("host", "127.0.0.1", "port", "0"), environment);
    var contents = Backups.restore(backup, configuration.database(), configuration.warehouse(), Wiring.MIGRATIONS,
        progress);
    try (var restored = Wiring.open(configuration, Clock.systemUTC())) {
      // Who was signed in when the backup was taken may have been signed out since.
      restored.security().endSessions();
      suppressed.ifPresent(list -> restored.privacy().replay(list));
      restored.security().audit("backup restored", String.valueOf(backup.getFileName()),
          "taken at " + contents.takenAt());
    }
    return contents;
  }

  @Override
  public Contents check(Path backup) {
    return Backups.check(backup, Wiring.MIGRATIONS);
  }

  @Override
  public InetSocketAddress address(Home home, Map<String, String> given) {
    var configuration = Configuration.read(home.folder(), given, environment);
    return new InetSocketAddress(configuration.host(), configuration.port());
  }
}
