package portrait.stages.identity;

import portrait.foundation.model.CustomerId;

/// A customer inside this store: the number that rows refer to, and the id that the world sees.
public record CustomerKey(long number, CustomerId id) {}
