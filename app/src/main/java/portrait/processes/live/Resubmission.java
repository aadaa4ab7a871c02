package portrait.processes.live;

import java.util.List;
import java.util.Optional;
import portrait.foundation.database.Database;
import portrait.foundation.model.Problem;
import portrait.stages.events.Collected;
import portrait.stages.events.Events;
import portrait.stages.events.QuarantinedEvent;
import portrait.stages.identity.IdentityGraph;

/// Refused messages on their way back in, or out.
final class Resubmission {

  private final Database database;
  private final Events events;
  private final IdentityGraph identities;
  private final Intake intake;

  Resubmission(Database database, Events events, IdentityGraph identities, Intake intake) {
    this.database = database;
    this.events = events;
    this.identities = identities;
    this.intake = intake;
  }

  Receipt replay(long number, Optional<byte[]> corrected) {
    var message = switch (found(number).again(corrected)) {
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
    database.write(transaction -> events.release(transaction, number));
    return receipt;
  }

  void discard(long number) {
    if (!database.write(transaction -> events.release(transaction, number))) {
      throw absent(number);
    }
  }

  private QuarantinedEvent found(long number) {
    return database.read(transaction -> events.findQuarantined(transaction, number)).orElseThrow(() -> absent(number));
  }

  private static RuntimeException absent(long number) {
    return Problem.of(Problem.Code.NOT_FOUND, "there is no message %d in the quarantine".formatted(number),
        "It may have been sent again or deleted by somebody else.").asException();
  }
}
