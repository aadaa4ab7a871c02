package portrait.doors.web;

import java.util.List;
import portrait.stages.unification.Household;

/// One household: who belongs to it, and which of their records are related.
public record HouseholdPage(String name, List<CustomersPage.Card> members, List<Household.Tie> ties) {}
