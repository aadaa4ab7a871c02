package portrait.stages.unification;

import java.time.Instant;

/// How the customers differ from those of the run before.
///
/// @param customers how many there are
/// @param created new ones, of whom nobody was a customer before
/// @param merged those that are no more because they joined another
/// @param split new ones that came out of another
/// @param gone those of whom no fact is left
public record CustomerChanges(Instant at, long customers, long created, long merged, long split, long gone) {}
