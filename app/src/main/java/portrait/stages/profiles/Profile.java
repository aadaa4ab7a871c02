package portrait.stages.profiles;

import java.time.Instant;
import java.util.Map;
import portrait.stages.identity.CustomerKey;

/// One customer as published: what lists and searches show.
///
/// @param kind `person`
/// @param known holds an identity of a person namespace
/// @param attributes merged values by name
public record Profile(CustomerKey customer, String kind, boolean known, Map<String, Object> attributes,
    Instant firstSeen, Instant lastSeen) {}
