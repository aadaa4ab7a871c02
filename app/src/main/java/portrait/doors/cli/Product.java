package portrait.doors.cli;

import java.net.InetSocketAddress;
import java.util.Map;
import portrait.doors.cli.Home.LocalServer;
import portrait.foundation.security.Security;
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

  /// A product that serves, until closed.
  interface Running extends AutoCloseable {

    LocalServer server();

    Security security();

    Demo demo();

    @Override
    void close();
  }
}
