package portrait.stages.enrichments;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Gatherers;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;
import portrait.stages.accounts.Accounts;
import portrait.stages.enrichments.AnswerTable.Entry;

/// Accounts, whose attributes are text.
record Companies(Accounts accounts, Database database) implements Whom {

  /** Accounts of one transaction: short enough for received messages not to notice. */
  private static final int TOGETHER = 64;
  /** What an answer about an account hangs on: the account itself, so there is nothing to choose. */
  static final long ITSELF = 0;

  @Override
  public long size(Transaction tx, EnrichmentDefinition enrichment) {
    return accounts.count(tx);
  }

  @Override
  public Slice after(Transaction tx, EnrichmentDefinition enrichment, boolean withMeasures, String place, int limit) {
    var some = accounts.after(tx, place, limit);
    return new Slice(some.stream()
        .map(account -> new Somebody(CustomerId.of(account.id()), List.of(ITSELF), new Company(account))).toList(),
        some.size() < limit ? Optional.empty() : Optional.of(some.getLast().id()));
  }

  @Override
  public boolean isMeant(Transaction tx, EnrichmentDefinition enrichment, CustomerId id) {
    return accounts.find(tx, new Identity(Accounts.ACCOUNT, id.toString()))
        .filter(account -> account.id().equals(id.toString())).isPresent();
  }

  @Override
  public void show(EnrichmentDefinition enrichment, List<Entry> entries) {
    var answers = new AnswerTable(enrichment.name());
    slices(entries).forEach(some -> database.write(tx -> {
      some.forEach(entry -> accounts.add(tx, entry.customer().toString(), enrichment.source(),
          entry.isInProfile() ? words(entry.attributes()) : Map.of(), entry.saidAt()));
      answers.put(tx, some);
      return some.size();
    }));
  }

  @Override
  public void drop(String enrichment, String source, List<Entry> entries) {
    var answers = new AnswerTable(enrichment);
    slices(entries).forEach(some -> database.write(tx -> {
      some.forEach(entry -> accounts.add(tx, entry.customer().toString(), source, Map.of(), Instant.EPOCH));
      answers.remove(tx, some);
      return some.size();
    }));
  }

  private static List<List<Entry>> slices(List<Entry> entries) {
    return entries.stream().gather(Gatherers.windowFixed(TOGETHER)).toList();
  }

  private static Map<String, String> words(Map<String, @Nullable Object> attributes) {
    var words = new TreeMap<String, String>();
    attributes.forEach((name, value) -> {
      if (value != null) {
        words.put(name, value.toString());
      }
    });
    return words;
  }
}
