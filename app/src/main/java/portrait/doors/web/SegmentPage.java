package portrait.doors.web;

import java.util.List;
import java.util.Optional;

/// One segment: its size, its rule, its members.
///
/// @param rule the definition as YAML
/// @param more the cursor of further members
public record SegmentPage(String name, String title, long members, long customers, String rule,
    List<CustomersPage.Card> cards, Optional<String> more) {}
