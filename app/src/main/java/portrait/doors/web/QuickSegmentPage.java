package portrait.doors.web;

import java.util.List;
import java.util.Optional;
import portrait.stages.segments.FieldValues;

/// A segment by one attribute, measure or event.
///
/// @param offered what can be chosen
/// @param field what was chosen; empty at first
/// @param isEvent whether that is an event
/// @param values what customers have in it; empty for an event
public record QuickSegmentPage(List<SegmentBuilderPage.Offer> offered, String field, boolean isEvent,
    Optional<FieldValues> values) {}
