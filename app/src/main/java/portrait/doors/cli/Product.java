package portrait.doors.cli;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import portrait.doors.cli.Home.LocalServer;
import portrait.foundation.security.Security;
import portrait.processes.backup.Contents;
import portrait.processes.demo.Demo;

/// The product as commands start it; `app` implements it.
public interface Product {

  /// Opens the stores of a home and serves on them.
  ///
  /// @param home locked by the caller
  /// @param given settings of the command line, by name; they win over environment and file
  /// @throws portrait.foundation.model.ProblemException `invalid_setting` with every wrong setting, `port_in_use`,
  ///         `store_failed`, `warehouse_failed`
  Running start(Home home, Map<String, String> given);

  /// Where it would listen.
  ///
  /// @throws portrait.foundation.model.ProblemException `invalid_setting` with every wrong setting
  InetSocketAddress address(Home home, Map<String, String> given);

  /// Puts a backup into a home that has nothing yet, and opens it once to see that all of it works.
  ///
  /// @param home locked by the caller
  /// @param suppressed the list of those who were erased since and must not be brought back
  /// @param progress told how many more rows are in
  /// @throws portrait.foundation.model.ProblemException `conflict` when something is there already, `invalid_file` when
  ///         the backup is damaged or made by a newer release; nothing is left behind then
  Contents restore(Home home, Path backup, Optional<Path> suppressed, LongConsumer progress);

  /// Reads a backup as a restore would, and keeps nothing.
  ///
  /// @throws portrait.foundation.model.ProblemException `invalid_file` as above
  Contents check(Path backup);

  /// A product that serves, until closed.
  interface Running extends AutoCloseable {

    LocalServer server();

    Security security();

    Demo demo();

    @Override
    void close();
  }
}
