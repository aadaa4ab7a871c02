package portrait.stages.unification;

/// An attribute that an enrichment added to an identity.
///
/// @param source `enrichment.NAME`
public record AddedTrait(String source, LiveTrait trait) {}
