package portrait.app;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import portrait.foundation.connections.Connector;
import portrait.foundation.filesets.FileSets;
import portrait.foundation.outside.Reachable;
import portrait.foundation.places.AmazonS3;
import portrait.foundation.places.AzureBlob;
import portrait.foundation.places.GoogleCloudStorage;
import portrait.foundation.places.LocalFolder;
import portrait.foundation.places.Reach;
import portrait.foundation.places.Sftp;
import portrait.foundation.records.RecordStores;
import portrait.foundation.warehouse.Warehouse;
import portrait.stages.enrichments.providers.AccountEngagement;
import portrait.stages.enrichments.providers.EngagementCount;
import portrait.stages.enrichments.providers.HttpApi;
import portrait.stages.enrichments.providers.Imap;
import portrait.stages.enrichments.providers.Leadspace;
import portrait.stages.enrichments.providers.LeadspaceContacts;
import portrait.stages.enrichments.providers.Microsoft365;
import portrait.stages.enrichments.providers.OwnTable;
import portrait.stages.enrichments.providers.PhoneNumbers;
import portrait.stages.enrichments.providers.Provider;
import portrait.stages.exports.destinations.Braze;
import portrait.stages.exports.destinations.Destination;
import portrait.stages.exports.destinations.FileDestination;
import portrait.stages.exports.destinations.HubSpot;
import portrait.stages.exports.destinations.IterableLists;
import portrait.stages.exports.destinations.Kafka;
import portrait.stages.exports.destinations.Mail;
import portrait.stages.exports.destinations.Messenger;
import portrait.stages.exports.destinations.Partner;
import portrait.stages.exports.destinations.Surroundings;
import portrait.stages.exports.destinations.Webhook;
import portrait.stages.sources.Sources;
import portrait.stages.unification.Unification;

/// The catalogue of connectors: one line each.
public final class BuiltIn {

  private BuiltIn() {}

  /// Places that customers can be sent to.
  ///
  /// @param reach of connections to files
  /// @param sets writes files
  public static List<Destination<?, ?>> destinations(Surroundings surroundings, Reach reach, FileSets sets) {
    return List.of(
        new Braze(surroundings),
        new FileDestination<>(AmazonS3.CONNECTOR, reach, sets),
        new FileDestination<>(AzureBlob.CONNECTOR, reach, sets),
        new FileDestination<>(GoogleCloudStorage.CONNECTOR, reach, sets),
        new FileDestination<>(Sftp.CONNECTOR, reach, sets),
        new FileDestination<>(LocalFolder.CONNECTOR, reach, sets),
        new Webhook(surroundings),
        new HubSpot(surroundings),
        new IterableLists(surroundings),
        new Kafka());
  }

  /// What connections can be.
  public static List<Connector<?>> connectors(List<Destination<?, ?>> destinations, List<Messenger<?>> messengers,
      List<Provider<?, ?>> providers) {
    return Stream.concat(
        Stream.<Partner<?>>concat(destinations.stream(), messengers.stream()).<Connector<?>>map(Partner::connector),
        Stream.concat(
            providers.stream().filter(Provider::needsConnection).<Connector<?>>map(Provider::connector),
            RecordStores.CONNECTORS.stream()))
        .collect(Collectors.toMap(Connector::type, Function.identity(), (one, _) -> one, LinkedHashMap::new)).values()
        .stream().toList();
  }

  /// Systems that are told what happens.
  public static List<Messenger<?>> messengers(Surroundings surroundings) {
    return List.of(new Webhook(surroundings), new Mail(surroundings));
  }

  /// Who can be asked about customers.
  ///
  /// @param home what folders are relative to
  public static List<Provider<?, ?>> providers(Sources sources, Unification unification, Warehouse warehouse,
      Surroundings surroundings, Path home) {
    var reachable = new Reachable(surroundings.furtherHosts());
    var leadspace = new Leadspace(reachable, surroundings.clock());
    var count = new EngagementCount(sources, unification, warehouse, surroundings.clock());
    return List.of(leadspace, new LeadspaceContacts(leadspace, surroundings.clock()),
        new Microsoft365(count, reachable), new Imap(count), new AccountEngagement(count, home),
        new PhoneNumbers(), new OwnTable(sources, warehouse), new HttpApi(reachable));
  }
}
