package portrait.processes.privacy;

/// What one place holds about a person.
///
/// @param place where it lies: `profile store`, `warehouse`, `audit trail`, `backups`
/// @param what in words: `events`, `rows of shop.contacts`
/// @param isKept whether an erasure leaves it: the audit trail is exempt, backups are held against the list when they are
///        restored
public record Holding(String place, String what, long count, boolean isKept) {}
