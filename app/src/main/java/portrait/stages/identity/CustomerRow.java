package portrait.stages.identity;

import java.time.Instant;
import java.util.Comparator;
import portrait.foundation.model.CustomerId;

/// A customer as it is stored.
///
/// @param separated whether a person keeps one of its identities apart from another
record CustomerRow(long number, CustomerId id, boolean known, Instant createdAt, boolean separated) {

  /// Who survives a merge comes first: a known customer before an unknown one, then the older.
  static final Comparator<CustomerRow> SURVIVOR_FIRST = Comparator.comparing(CustomerRow::known).reversed()
      .thenComparing(CustomerRow::createdAt).thenComparing(CustomerRow::number);

  CustomerKey key() {
    return new CustomerKey(number, id);
  }
}
