package portrait.foundation.places;

import java.util.List;
import portrait.foundation.connections.Connections;
import portrait.foundation.connections.Connector;
import portrait.foundation.files.FileStore;
import portrait.foundation.model.Problem;

/// Opens places files lie in, by the name of their connection.
public final class Places {

  /// What people can connect to, to write files or to read them.
  public static final List<Connector<? extends FileAccount>> CONNECTORS = List.of(AmazonS3.CONNECTOR,
      AzureBlob.CONNECTOR, GoogleCloudStorage.CONNECTOR, Sftp.CONNECTOR, LocalFolder.CONNECTOR);

  private final Connections connections;
  private final Reach reach;

  public Places(Connections connections, Reach reach) {
    this.connections = connections;
    this.reach = reach;
  }

  /// Opens the place of a connection.
  ///
  /// @throws portrait.foundation.model.ProblemException `not_found` for an unknown connection, `conflict` for one that
  ///         leads to no files
  public FileStore open(String connection) {
    var saved = connections.one(connection);
    var connector = CONNECTORS.stream().filter(each -> each.type().equals(saved.type())).findFirst()
        .orElseThrow(() -> Problem.of(Problem.Code.CONFLICT,
            "connection '%s' is of the type %s, and no files lie there".formatted(connection, saved.type()),
            "Files are read through connections of the types %s.".formatted(String.join(", ",
                CONNECTORS.stream().map(Connector::type).toList())))
            .asException());
    return FileStore.open(connections.settings(saved, connector.form()).place(reach));
  }
}
