package portrait.stages.notices;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import portrait.foundation.connections.ConnectionDefinition;
import portrait.foundation.connections.Connections;
import portrait.foundation.database.Database;
import portrait.foundation.database.Migrations;
import portrait.foundation.database.Transaction;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.stages.exports.destinations.Messenger;
import portrait.stages.exports.destinations.Sent;
import portrait.stages.notices.Notice.Status;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Messages on their way. They are kept before they are sent, so that none is lost when Portrait stops; one that was
/// taken just before a crash is sent once more, under the same id.
public final class Notices {

  private static final Logger LOG = LoggerFactory.getLogger(Notices.class);
  private static final int AT_ONCE = 20;
  private static final Duration FIRST_WAIT = Duration.ofSeconds(5);
  private static final Duration WAIT_MAX = Duration.ofHours(1);
  private static final Duration GIVEN_UP_AFTER = Duration.ofDays(1);
  private static final Duration KEPT = Duration.ofDays(30);
  /** Longer than a call takes: another node may send what this one took on and did not end. */
  public static final Duration TAKEN_ON = Duration.ofMinutes(2);

  private final Database database;
  private final Definitions definitions;
  private final Connections connections;
  private final List<? extends Messenger<?>> messengers;
  private final Clock clock;

  public static Migrations migrations() {
    return Migrations.beside(Notices.class);
  }

  /// @param messengers the kinds of systems that take messages
  public Notices(Database database, Definitions definitions, Connections connections,
      List<? extends Messenger<?>> messengers, Clock clock) {
    this.database = database;
    this.definitions = definitions;
    this.connections = connections;
    this.messengers = List.copyOf(messengers);
    this.clock = clock;
  }

  private record Due(String id, String connection, String message, Instant madeAt, Instant nextAt, long tries) {}

  private Optional<Messenger<?>> messenger(String type) {
    return messengers.stream().filter(each -> each.connector().type().equals(type)).<Messenger<?>>map(each -> each)
        .findFirst();
  }

  /// Types of connections that take messages.
  public List<String> types() {
    return messengers.stream().map(each -> each.connector().type()).toList();
  }

  /// What is wrong with telling a connection; empty when it takes messages and the present
  /// [portrait.foundation.security.Caller] may use it.
  ///
  /// @param member of the definition that names it
  /// @param others every definition as it will be
  public Optional<Problem> problem(String member, String connection, Definitions others) {
    var found = others.one(Connections.KIND, connection);
    if (found.isEmpty()) {
      return Optional.of(Problem.of(Problem.Code.INVALID_DEFINITION,
          "%s was '%s' but there is no connection of that name".formatted(member, connection)));
    }
    if (messenger(found.get().type()).isEmpty()) {
      return Optional.of(Problem.of(Problem.Code.INVALID_DEFINITION,
          "%s was '%s', which is of the type %s, but must be of the type %s".formatted(member, connection,
              found.get().type(), String.join(" or ", types()))));
    }
    return Connections.isUsable(found.get()) ? Optional.empty() : Optional.of(Connections.notShared(found.get()));
  }

  /// Really asks the system behind a connection whether it is right; what comes of it is not sent to anybody.
  ///
  /// @return what was found; empty when it takes no messages
  /// @throws ProblemException that names the likely cause
  public Optional<String> verify(ConnectionDefinition connection) {
    return messenger(connection.type()).map(messenger -> verify(messenger, connection));
  }

  private <A extends Record> String verify(Messenger<A> messenger, ConnectionDefinition connection) {
    return messenger.verify(connections.settings(connection, messenger.connector().form()));
  }

  /// Puts a message on its way. It is sent soon after the transaction, until it is taken.
  ///
  /// @param id what it is about happened once: a second one with this id is left out
  /// @param about the definition it belongs to: `Trigger/many-vips`
  public void add(Transaction tx, String id, String about, String connection, ObjectNode message) {
    var now = clock.instant();
    tx.update("""
        INSERT INTO notice (id, about, connection, message, made_at, next_at, tries, status, why)
        VALUES (?, ?, ?, ?, ?, ?, 0, ?, '') ON CONFLICT (id) DO NOTHING""", id, about, connection,
        message.put("id", id).toString(), now, now, Status.WAITING.name());
  }

  /// The latest messages of a definition, newest first.
  public List<Notice> recent(String about, int limit) {
    return database.read(tx -> tx.query("""
        SELECT id, message, made_at, status, tries, why, ended_at FROM notice WHERE about = ?
        ORDER BY made_at DESC, id LIMIT ?""",
        row -> new Notice(row.text(1), JsonMapper.shared().readTree(row.text(2)), row.instant(3),
            Status.valueOf(row.text(4)), row.number(5), row.text(6), Optional.ofNullable(row.instantOrNull(7))),
        about, limit));
  }

  /// Takes out all messages of a definition, those on their way, too.
  public int forget(Transaction tx, String about) {
    return tx.update("DELETE FROM notice WHERE about = ?", about);
  }

  /// Sends what is due, each at most once. Call it every few seconds.
  public void tick() {
    try {
      deliver();
    } catch (InterruptedException asked) {
      Thread.currentThread().interrupt();
    }
  }

  private void deliver() throws InterruptedException {
    var now = clock.instant();
    var due = database.read(tx -> tx.query("""
        SELECT id, connection, message, made_at, next_at, tries FROM notice WHERE next_at <= ?
        ORDER BY next_at, id LIMIT ?""",
        row -> new Due(row.text(1), row.text(2), row.text(3), row.instant(4), row.instant(5), row.number(6)), now,
        AT_ONCE));
    for (var one : due) {
      if (database
          .write(tx -> tx.update("UPDATE notice SET next_at = ?, tries = tries + 1 WHERE id = ? AND next_at = ?",
              now.plus(TAKEN_ON), one.id(), one.nextAt())) == 1) {
        send(one);
      }
    }
    if (!due.isEmpty()) {
      database.write(tx -> tx.update("DELETE FROM notice WHERE ended_at < ?", now.minus(KEPT)));
    }
  }

  private void send(Due due) throws InterruptedException {
    try {
      var connection = definitions.one(Connections.KIND, due.connection()).orElseThrow(() -> Problem.of(
          Problem.Code.NOT_FOUND, "there is no connection '%s' any more".formatted(due.connection())).asException());
      var messenger = messenger(connection.type()).orElseThrow(() -> Problem.of(Problem.Code.CONFLICT,
          "connection '%s' takes no messages".formatted(due.connection())).asException());
      switch (tell(messenger, connection, (ObjectNode) JsonMapper.shared().readTree(due.message()))) {
        case Sent.Answered _ -> ended(due, Status.DELIVERED, "");
        case Sent.TryLater later -> later(due, later);
      }
    } catch (ProblemException refused) {
      ended(due, Status.FAILED, refused.problem().message());
      LOG.warn("a message to connection {} was given up: {}", due.connection(), refused.problem().message());
    }
  }

  private <A extends Record> Sent tell(Messenger<A> messenger, ConnectionDefinition connection, ObjectNode message)
      throws InterruptedException {
    connections.refuseUnlessAgreed(connection);
    return messenger.tell(connections.settings(connection, messenger.connector().form()), message);
  }

  private void later(Due due, Sent.TryLater later) {
    var now = clock.instant();
    if (now.isAfter(due.madeAt().plus(GIVEN_UP_AFTER))) {
      ended(due, Status.FAILED, later.why());
      LOG.warn("a message to connection {} was given up after a day: {}", due.connection(), later.why());
      return;
    }
    var wait = FIRST_WAIT.multipliedBy(1L << Math.min(due.tries(), 20));
    var next = now.plus(later.after().orElse(wait.compareTo(WAIT_MAX) > 0 ? WAIT_MAX : wait));
    database.write(tx -> tx.update("UPDATE notice SET next_at = ?, why = ? WHERE id = ?", next, later.why(),
        due.id()));
  }

  private void ended(Due due, Status status, String why) {
    database.write(tx -> tx.update(
        "UPDATE notice SET next_at = NULL, status = ?, why = ?, ended_at = ? WHERE id = ?", status.name(), why,
        clock.instant(), due.id()));
  }
}
