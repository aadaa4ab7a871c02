package portrait.stages.engagement;

/// What a count rests on.
///
/// @param addressesSelected whose mail and meetings are counted
/// @param addressesSeen of those, who is in any message or meeting
/// @param mails messages of the last year with accounts and others
/// @param meetings likewise
/// @param days from the first of them until now, at most a year
/// @param placesRead mail and calendar files, or mailboxes
/// @param placesUnread mailboxes that could not be read
/// @param entriesUnread messages and meetings without a sender, an id or a time that can be understood
public record Coverage(long addressesSelected, long addressesSeen, long mails, long meetings, long days,
    long placesRead, long placesUnread,
    long entriesUnread) {}
