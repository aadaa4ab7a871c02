package portrait.processes.live;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import portrait.foundation.database.Database;
import portrait.foundation.model.Problem;
import portrait.stages.events.Collected;
import portrait.stages.events.Events;
import portrait.stages.events.QuarantineStock;
import portrait.stages.events.QuarantinedEvent;
import portrait.stages.events.RefusedMessages;
import portrait.stages.identity.IdentityGraph;

/// Refused messages: read page by page, on their way back in, or out.
final class Resubmission {

  private static final Logger LOG = LoggerFactory.getLogger(Resubmission.class);

  private final Database database;
  private final Events events;
  private final IdentityGraph identities;
  private final Intake intake;
  private QuarantineStock logged;

  Resubmission(Database database, Events events, IdentityGraph identities, Intake intake) {
    this.database = database;
    this.events = events;
    this.identities = identities;
    this.intake = intake;
    this.logged = stock();
  }

  RefusedMessages page(Optional<String> cursor, int limit) {
    long before = cursor.map(Resubmission::number).orElse(Long.MAX_VALUE);
    return database.read(transaction -> events.quarantined(transaction, before, limit));
  }

  QuarantineStock stock() {
    return database.read(events::quarantineStock);
  }

  QuarantinedEvent find(String id) {
    long number = number(id);
    return database.read(transaction -> events.findQuarantined(transaction, number)).orElseThrow(() -> absent(number));
  }

  Receipt replay(String id, Optional<byte[]> corrected) {
    var kept = find(id);
    var message = switch (kept.again(corrected)) {
      case Collected.Accepted good -> good;
      case Collected.Refused still -> throw still.reason().asException();
    };
    // Asked here, so that what is wrong with a correction does not lie in the quarantine as one more message.
    identities.objection(message.event().identities()).ifPresent(problem -> {
      throw problem.asException();
    });
    var receipt = intake.receive(List.of(message));
    receipt.objections().values().forEach(problem -> {
      throw problem.asException();
    });
    // Durable before it leaves: should the process end here, the next replay is a repeat.
    database.write(transaction -> events.release(transaction, kept.number()));
    return receipt;
  }

  void discard(String id) {
    long number = number(id);
    if (!database.write(transaction -> events.release(transaction, number))) {
      throw absent(number);
    }
  }

  /// Lets go what waited too long, and logs what left since the last call: one line, however much somebody sends.
  void tidy(Instant now) {
    var stock = database.write(transaction -> {
      events.tidyQuarantine(transaction, now);
      return events.quarantineStock(transaction);
    });
    long full = stock.full().messages() - logged.full().messages();
    long old = stock.old().messages() - logged.old().messages();
    if (full > 0 || old > 0) {
      LOG.warn("messages left the quarantine unseen: {} because it is full ({} messages, {} bytes), {} because they"
          + " waited longer than {} days", full, stock.kept().messages(), stock.kept().bytes(), old,
          stock.limits().age().toDays());
    }
    logged = stock;
  }

  private static long number(String id) {
    try {
      return Long.parseLong(id);
    } catch (NumberFormatException _) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "'%s' is no number of a message in the quarantine".formatted(id))
          .asException();
    }
  }

  private static RuntimeException absent(long number) {
    return Problem.of(Problem.Code.NOT_FOUND, "there is no message %d in the quarantine".formatted(number),
        "It may have been sent again, deleted by somebody else, or have left because it was the oldest.").asException();
  }
}
