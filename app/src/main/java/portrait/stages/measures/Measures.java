package portrait.stages.measures;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import portrait.foundation.database.Migrations;
import portrait.foundation.database.Transaction;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.expressions.Columns;
import portrait.foundation.expressions.Subject;
import portrait.foundation.warehouse.Sql;
import portrait.stages.identity.CustomerKey;

/// Computes measures: for all customers in the warehouse, or for one at once.
public final class Measures {

  /// `kind: Measure`.
  public static final Kind<MeasureDefinition> KIND = new MeasureKind();

  public static Migrations migrations() {
    return Migrations.beside(Measures.class);
  }

  public Measures(Definitions definitions) {}

  /// Every measure, each after those it depends on.
  public List<MeasureDefinition> definitions() {
    throw new UnsupportedOperationException();
  }

  /// All measures of one customer.
  public MeasureValues evaluate(Subject subject, Instant now) {
    throw new UnsupportedOperationException();
  }

  /// Keeps them, so that a look-up finds them.
  public void store(Transaction transaction, CustomerKey customer, MeasureValues values) {
    throw new UnsupportedOperationException();
  }

  /// What was kept last; empty for a customer who has none.
  public Map<String, Object> of(Transaction transaction, CustomerKey customer) {
    throw new UnsupportedOperationException();
  }

  public void forget(Transaction transaction, CustomerKey customer) {
    throw new UnsupportedOperationException();
  }

  /// Customers whose measures may have changed by time alone, the longest waiting first.
  public List<CustomerKey> due(Transaction transaction, Instant now, int limit) {
    throw new UnsupportedOperationException();
  }

  /// A query of all measures of all customers: `CustomerId` and a column for each measure.
  public Sql table(Instant now, Columns columns) {
    throw new UnsupportedOperationException();
  }
}
