package portrait.stages.identity;

import java.util.UUID;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.CustomerId;

/// Makes what names identities and customers: their numbers, and the ids that the world sees.
final class Mint {

  private final Numbers identities = new Numbers("identity");
  private final Numbers customers = new Numbers("customer");

  long identityNumber(Transaction tx) {
    return identities.next(tx);
  }

  long customerNumber(Transaction tx) {
    return customers.next(tx);
  }

  /// After numbers turned out to be taken: go on with others.
  void forgetNumbers() {
    identities.forget();
    customers.forget();
  }

  /// A UUID of version 7 (RFC 9562): 48 bits of time, then 74 random ones. New ids lie side by side in the store's
  /// index, so that making customers costs the same however many there are.
  CustomerId customerId(Transaction tx) {
    long high = tx.begunAt().toEpochMilli() << 16 | 0x7000 | tx.random().nextInt(0x1000);
    long low = tx.random().nextLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
    return new CustomerId(new UUID(high, low));
  }
}
