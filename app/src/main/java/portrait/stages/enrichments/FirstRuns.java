package portrait.stages.enrichments;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import portrait.foundation.database.Database;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.stages.enrichments.providers.Provider;
import portrait.stages.enrichments.providers.Provider.Allowed;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// When enrichments begin that read only what others allowed. Those others are asked by a link, and by e-mail where that
/// is set up; whether they agreed is asked of the place itself, never believed from elsewhere. The first run begins some
/// hours later, so that they can think again.
record FirstRuns(Database database, Letter letter, Clock clock) {

  private static final Duration ASKED_AGAIN_AFTER = Duration.ofMinutes(10);
  private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'")
      .withZone(ZoneOffset.UTC);

  Optional<EnrichmentStart> known(String enrichment) {
    return database.read(new StartTable(enrichment)::find);
  }

  /// Asks the place whether it is allowed.
  ///
  /// @param withMailboxes whether it is asked, too, how many mailboxes there are, once it is allowed
  /// @return empty where nobody need allow anything
  /// @throws ProblemException when the place cannot be asked
  <A extends Record, T extends Record> Optional<EnrichmentStart> check(Provider<A, T> provider,
      EnrichmentDefinition enrichment, A account, T target, boolean withMailboxes) {
    var table = new StartTable(enrichment.name());
    try {
      switch (provider.allowed(account)) {
        case Allowed.NotNeeded() -> {
          return Optional.empty();
        }
        case Allowed.Missing missing -> database.write(tx -> {
          table.missing(tx, missing, clock.instant());
          provider.askedThrough(target).filter(_ -> table.ask(tx, clock.instant()))
              .ifPresent(connection -> letter.send(tx, "consent-" + enrichment.name() + "-" + clock.millis(),
                  "Enrichment/" + enrichment.name(), connection, message(enrichment, missing)));
          return true;
        });
        case Allowed.Given() -> {
          database.write(tx -> {
            table.allowed(tx, provider.firstRunAfter(target), clock.instant());
            return true;
          });
          if (withMailboxes) {
            provider.mailboxes(account, target).ifPresent(count -> database.write(tx -> {
              table.mailboxes(tx, count);
              return true;
            }));
          }
        }
      }
    } catch (ProblemException unreachable) {
      database.write(tx -> {
        table.tried(tx, clock.instant());
        return true;
      });
      throw unreachable;
    }
    return database.read(table::find);
  }

  private static ObjectNode message(EnrichmentDefinition enrichment, Allowed.Missing missing) {
    var message = JsonMapper.shared().createObjectNode().put("type", "consent wanted").put("title", enrichment.title())
        .put("what",
            "Portrait counts mail and meetings with accounts by their metadata; subjects and texts are not read. "
                + "Please look at it, and consent if you agree. Nothing is read before.")
        .put("link", missing.link().toString());
    return message.put("permissions", String.join(", ", missing.what()));
  }

  /// Keeps a run from beginning before it may.
  ///
  /// @throws ProblemException `conflict` with the link, or the time
  void refuseUnlessReady(EnrichmentStart start) {
    if (!start.isAllowed()) {
      throw Problem.of(Problem.Code.CONFLICT,
          "the administrator has not consented to %s".formatted(String.join(", ", start.missing())),
          "An administrator consents at %s".formatted(start.link())).asException();
    }
    start.firstRunAt().filter(_ -> start.begunAt().isEmpty()).filter(clock.instant()::isBefore).ifPresent(at -> {
      throw Problem.of(Problem.Code.CONFLICT, "the first run begins at %s".formatted(MOMENT.format(at)),
          "It begins by itself. The setting first_run_after_hours says how long after consent.").asException();
    });
  }

  /// Whether the place is to be asked again by itself.
  boolean isToBeChecked(Optional<EnrichmentStart> known) {
    return known.isEmpty() || known.get().allowedAt().isEmpty()
        && !clock.instant().isBefore(known.get().checkedAt().plus(ASKED_AGAIN_AFTER));
  }

  boolean isDue(EnrichmentStart start) {
    return start.isWaiting() && start.firstRunAt().filter(at -> !clock.instant().isBefore(at)).isPresent();
  }

  /// @return whether it had not begun before
  boolean begin(String enrichment) {
    return database.write(tx -> new StartTable(enrichment).begin(tx, clock.instant()));
  }
}
