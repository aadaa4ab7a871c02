package portrait.stages.identity;

import java.time.Instant;
import java.util.Comparator;
import portrait.foundation.model.CustomerId;

/// A customer as it is stored.
record CustomerRow(long number, CustomerId id, boolean known, Instant createdAt) {

  /// Who survives a merge comes first: a known customer before an unknown one, then the older.
  static final Comparator<CustomerRow> SURVIVOR_FIRST = Comparator.comparing(CustomerRow::known).reversed()
      .thenComparing(CustomerRow::createdAt).thenComparing(CustomerRow::number);

  CustomerKey key() {
    return new CustomerKey(number, id);
  }
}
