package portrait.stages.identity;

import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Identity;

/// One identity and the customer it names now.
///
/// @param known whether that customer holds an identity of a person namespace
public record Assignment(Identity identity, CustomerId customer, boolean known) {}
