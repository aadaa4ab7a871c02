package portrait.stages.exports;

import portrait.foundation.model.CustomerId;

/// A row that was not taken.
///
/// @param reason of the destination, in its words, or ours
public record Refusal(CustomerId customer, String reason) {}
