package portrait.stages.enrichments;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import portrait.foundation.database.Transaction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The table `enrichment_ticket`: questions that cost something, written down before they are sent, and the ticket under
/// which the provider took them. What lies here when a run begins was paid for by one that was cut short.
final class TicketTable {

  private final String enrichment;

  TicketTable(String enrichment) {
    this.enrichment = enrichment;
  }

  /// @param name by which the provider knows them; empty while that is not known
  /// @param questions fingerprints, in the order they were sent
  record Ticket(UUID id, String name, List<String> questions) {}

  UUID intend(Transaction tx, List<String> questions, Instant now) {
    var id = UUID.randomUUID();
    var written = JsonMapper.shared().createArrayNode();
    questions.forEach(written::add);
    tx.update("INSERT INTO enrichment_ticket (id, enrichment, name, questions, asked_at) VALUES (?, ?, '', ?, ?)", id,
        enrichment, written.toString(), now);
    return id;
  }

  static void taken(Transaction tx, UUID id, String name) {
    tx.update("UPDATE enrichment_ticket SET name = ? WHERE id = ?", name, id);
  }

  static void remove(Transaction tx, UUID id) {
    tx.update("DELETE FROM enrichment_ticket WHERE id = ?", id);
  }

  void removeAll(Transaction tx) {
    tx.update("DELETE FROM enrichment_ticket WHERE enrichment = ?", enrichment);
  }

  /// In the order they were sent.
  List<Ticket> all(Transaction tx) {
    return tx.query("SELECT id, name, questions FROM enrichment_ticket WHERE enrichment = ? ORDER BY asked_at, id",
        row -> new Ticket(UUID.fromString(row.text(1)), row.text(2),
            JsonMapper.shared().readTree(row.text(3)).valueStream().map(JsonNode::asString).toList()),
        enrichment);
  }
}
