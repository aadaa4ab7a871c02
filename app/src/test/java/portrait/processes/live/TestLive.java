package portrait.processes.live;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import portrait.foundation.database.Database;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Identity;
import portrait.stages.events.Event;
import portrait.stages.events.EventQuery;
import portrait.stages.accounts.AccountContacts;
import portrait.stages.accounts.Accounts;
import portrait.stages.events.Events;
import portrait.stages.events.MessageBody;
import portrait.stages.events.StoredEvent;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.measures.Measures;
import portrait.stages.policies.MergePolicy;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.Segments;
import portrait.stages.suppression.Suppression;
import portrait.stages.unification.LiveMatching;

/// The live path on a real store, spoken to in messages.
public final class TestLive implements AutoCloseable {

  public final Database database;
  public final Definitions definitions;
  public final Live live;
  final Events events = new Events();
  final Profiles profiles = new Profiles();
  private final Clock clock;

  public TestLive(DatabaseSettings settings, Clock clock) {
    this.clock = clock;
    this.database = Database.open(settings, List.of(Definitions.migrations(), Events.migrations(),
        IdentityGraph.migrations(), LiveMatching.migrations(), Profiles.migrations(), Measures.migrations(),
        Segments.migrations(), Suppression.migrations()));
    this.definitions = new Definitions(database,
        List.of(Accounts.KIND, IdentityGraph.KIND, Measures.KIND, Segments.KIND), clock);
    var measures = new Measures(definitions);
    var identities = new IdentityGraph(definitions);
    this.live = new Live(database, events, identities, new LiveMatching(List::of, identities), profiles,
        new AccountContacts(definitions), measures, new Segments(definitions, database, measures, clock),
        new Suppression(definitions, database),
        () -> MergePolicy.importance(List.of()), clock);
  }

  /// Sends messages of a batch, each a JSON object.
  public Receipt send(String... messages) {
    String body = "{\"batch\": [" + String.join(",", messages) + "]}";
    return live.receive(
        MessageBody.batch(body.getBytes(StandardCharsets.UTF_8)).collect(clock.instant(), Event.LIVE));
  }

  public Portrait find(String namespace, String value) {
    return live.find(new Identity(namespace, value)).orElseThrow();
  }

  public Optional<Portrait> look(String namespace, String value) {
    return live.find(new Identity(namespace, value));
  }

  /// Names of the events of a customer, newest first.
  public List<String> eventNames(String namespace, String value) {
    return live.events(new Identity(namespace, value), EventQuery.newest(1_000)).orElseThrow().events().stream()
        .map(Event::name).toList();
  }

  /// Every collected event, in the order of the commits.
  public List<StoredEvent> facts() {
    return database.read(transaction -> events.sync(transaction, 0, Integer.MAX_VALUE));
  }

  @Override
  public void close() {
    live.close();
    database.close();
  }
}
