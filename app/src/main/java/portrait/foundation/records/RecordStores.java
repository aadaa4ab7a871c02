package portrait.foundation.records;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import portrait.foundation.connections.ConnectionDefinition;
import portrait.foundation.connections.Connections;
import portrait.foundation.connections.Connector;

/// Opens systems that give records, by the name of their connection.
public final class RecordStores {

  private static final List<Connector<? extends RecordAccount>> KNOWN = List.of(PostgresDatabase.CONNECTOR,
      SqliteFile.CONNECTOR, KafkaCluster.CONNECTOR);

  /// What people can connect to, to read records.
  public static final List<Connector<?>> CONNECTORS = List.copyOf(KNOWN);

  private final Connections connections;
  private final Path folder;

  /// @param folder under which folders of this machine lie
  public RecordStores(Connections connections, Path folder) {
    this.connections = connections;
    this.folder = folder;
  }

  /// Opens the system of a connection; empty when that leads to none that gives records.
  ///
  /// @throws portrait.foundation.model.ProblemException `not_found` for an unknown connection
  public Optional<RecordStore> open(String connection) {
    var saved = connections.one(connection);
    return KNOWN.stream().filter(connector -> connector.type().equals(saved.type())).findFirst()
        .map(connector -> account(saved, connector).open(folder));
  }

  private RecordAccount account(ConnectionDefinition saved, Connector<? extends RecordAccount> connector) {
    return connections.settings(saved, connector.form());
  }
}
