package portrait.app;

import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.Map;
import portrait.doors.cli.Home;
import portrait.doors.cli.Product;

/// The product as commands start it: settings are read, then everything is wired.
record Installation(Map<String, String> environment) implements Product {

  @Override
  public Running start(Home home, Map<String, String> given) {
    return Wiring.open(Configuration.read(home.folder(), given, environment), Clock.systemUTC());
  }

  @Override
  public InetSocketAddress address(Home home, Map<String, String> given) {
    var configuration = Configuration.read(home.folder(), given, environment);
    return new InetSocketAddress(configuration.host(), configuration.port());
  }
}
