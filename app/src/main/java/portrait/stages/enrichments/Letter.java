package portrait.stages.enrichments;

import portrait.foundation.database.Transaction;
import tools.jackson.databind.node.ObjectNode;

/// Puts a message on its way, soon after the transaction.
@FunctionalInterface
public interface Letter {

  /// @param id a second one with this id is left out
  /// @param about the definition it belongs to
  /// @param connection through which it goes
  void send(Transaction tx, String id, String about, String connection, ObjectNode message);
}
