package portrait.stages.unification;

import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Transaction;

/// What applications say about identities.
public interface SentRecords {

  /// Hands on the number of every identity that something was said about.
  void forEach(Transaction transaction, LongConsumer use);

  /// Everything that they say about an identity now.
  Map<String, @Nullable Object> attributes(Transaction transaction, long anchor);
}
