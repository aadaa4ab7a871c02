package portrait.foundation.connections;

import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import portrait.foundation.database.Database;
import portrait.foundation.database.Migrations;
import portrait.foundation.definitions.Change;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.model.Fingerprint;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.security.Caller;

/// The places outside that customers can be sent to: which kinds there are, which are saved, who may use them, who
/// answers for it, and their secrets.
public final class Connections {

  /// `kind: Connection`.
  public static final Kind<ConnectionDefinition> KIND = new ConnectionKind();

  /// What somebody agrees to before data leaves.
  public static final String PRIVACY_TEXT = """
      By agreeing, you instruct Portrait to send data about people, which may be personal data, out of this installation \
      to the place that this connection leads to. You answer for having the consent of these people where it is needed, \
      and for that place keeping the law and your promises. Portrait does not watch what happens to the data there. An \
      administrator can remove the connection at any time; what was sent before stays where it is.""";

  private final Definitions definitions;
  private final Database database;
  private final List<? extends Connector<?>> connectors;
  private final Vault vault;
  private final Clock clock;

  public static Migrations migrations() {
    return Migrations.beside(Connections.class);
  }

  /// @param connectors the kinds of places there are
  public Connections(Definitions definitions, Database database, List<? extends Connector<?>> connectors,
      VaultSettings vault, Clock clock) {
    this.definitions = definitions;
    this.database = database;
    this.connectors = connectors.stream().sorted(Comparator.comparing(Connector::title)).toList();
    this.vault = new Vault(database, vault, clock);
    this.clock = clock;
    definitions.guard(KIND, (connection, _, _) -> problems(connection));
    definitions.onChange(changes -> changes.stream()
        .filter(change -> change.kind().equals(KIND.name()) && change.action() == Change.Action.DELETED)
        .forEach(change -> forget(change.name())));
  }

  private List<Problem> problems(ConnectionDefinition connection) {
    return connector(connection.type()).map(connector -> connector.form().problems(connection.settings()))
        .orElseGet(() -> List.of(Problem.of(Problem.Code.INVALID_DEFINITION,
            "type was '%s' but must be one of %s".formatted(connection.type(),
                connectors.stream().map(Connector::type).sorted().collect(Collectors.joining(", "))))));
  }

  private void forget(String connection) {
    vault.removeUnder(connection + ".");
    database.write(tx -> tx.update("DELETE FROM connection_consent WHERE connection = ?", connection));
  }

  /// The kinds of places there are, by title.
  public List<? extends Connector<?>> connectors() {
    return connectors;
  }

  public Optional<Connector<?>> connector(String type) {
    return connectors.stream().filter(connector -> connector.type().equals(type)).<Connector<?>>map(each -> each)
        .findFirst();
  }

  /// Every connection, by name.
  public List<ConnectionDefinition> all() {
    return definitions.all(KIND);
  }

  /// A connection.
  ///
  /// @throws ProblemException `not_found`
  public ConnectionDefinition one(String name) {
    return definitions.one(KIND, name).orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND,
        "there is no connection '%s'".formatted(name), "GET /api/v1/connections lists them.").asException());
  }

  /// Those that the present [Caller] may export to; where Portrait acts on its own, all.
  public List<ConnectionDefinition> usable() {
    return all().stream().filter(Connections::isUsable).toList();
  }

  /// Whether the present [Caller] may export to it.
  public static boolean isUsable(ConnectionDefinition connection) {
    return !Caller.CURRENT.isBound() || connection.mayBeUsedBy(Caller.CURRENT.get());
  }

  /// What somebody is told who may not use a connection.
  public static Problem notShared(ConnectionDefinition connection) {
    return Problem.of(Problem.Code.NOT_ALLOWED,
        "connection '%s' is not shared with %s".formatted(connection.name(), Caller.CURRENT.get().name()),
        "An administrator says on its page who may use it.");
  }

  /// The settings with their secrets, as the connector works with them.
  ///
  /// @throws ProblemException `invalid_definition` when something is missing, a secret for example; `store_failed` when
  ///   the vault cannot be opened
  public <R extends Record> R settings(ConnectionDefinition connection, Form<R> form) {
    return form.read(connection.settings(), vault::find);
  }

  /// The name under which the secret of a setting lies, by convention: `braze-eu.api_key`.
  public static String secretName(String connection, String setting) {
    return connection + "." + setting;
  }

  /// Puts a secret in, or replaces it. It never comes out again, except where it is used.
  ///
  /// @throws ProblemException `invalid_parameter` for an empty one
  public void putSecret(String name, Secret value, String by) {
    if (value.reveal().isBlank()) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "the secret '%s' is empty".formatted(name)).asException();
    }
    vault.put(name, Secret.of(value.reveal().strip()), by);
  }

  /// What lies in the vault, without values.
  public List<SecretInfo> secrets() {
    return vault.list();
  }

  /// What keeps the vault from being opened, if anything does.
  public Optional<Problem> vaultProblem() {
    return vault.problem();
  }

  /// Seals every secret with a new key.
  ///
  /// @return how many there are
  /// @throws ProblemException `conflict` when the key is given from outside
  public int rotateKey() {
    return vault.rotate();
  }

  /// Records that somebody agreed to data leaving through a connection as it is now.
  ///
  /// @param text as they read it
  /// @throws ProblemException `not_found`
  public Consent agree(String connection, String text, String by) {
    var consent = new Consent(connection, clock.instant(), by, text);
    String covers = covered(one(connection));
    database.write(tx -> tx.update("""
        INSERT INTO connection_consent (connection, agreed_at, agreed_by, text, covers) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (connection, agreed_at) DO UPDATE
        SET agreed_by = excluded.agreed_by, text = excluded.text, covers = excluded.covers""",
        connection, consent.at(), by, text, covers));
    return consent;
  }

  /// Who agreed last, to the connection leading where it leads now.
  public Optional<Consent> consent(ConnectionDefinition connection) {
    return database.read(tx -> tx.first("""
        SELECT agreed_at, agreed_by, text FROM connection_consent WHERE connection = ? AND covers = ?
        ORDER BY agreed_at DESC LIMIT 1""",
        row -> new Consent(connection.name(), row.instant(1), row.text(2), row.text(3)), connection.name(),
        covered(connection)));
  }

  /// Where a connection leads: another address is another agreement.
  private static String covered(ConnectionDefinition connection) {
    return Fingerprint.of(List.of(connection.type(), connection.settings().toString()));
  }

  /// Keeps data in while nobody answers for its leaving.
  ///
  /// @throws ProblemException `conflict` while nobody agreed
  public void refuseUnlessAgreed(ConnectionDefinition connection) {
    if (consent(connection).isEmpty()) {
      throw Problem.of(Problem.Code.CONFLICT,
          "nobody agreed yet to data leaving through connection '%s'".formatted(connection.name()),
          "An administrator agrees on its page, or with: portrait connection agree %s".formatted(connection.name()))
          .asException();
    }
  }
}
