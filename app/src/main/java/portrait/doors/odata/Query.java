package portrait.doors.odata;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import portrait.doors.odata.EntitySet.Navigation;
import portrait.foundation.warehouse.Sql;

/// What is asked of one set, with every name looked up.
///
/// @param from rows made by `$apply`, instead of those of the set
/// @param sorts as asked; the key decides between equals
/// @param search words to look for; empty for none
/// @param selected what is shown of each entity, in order
/// @param written the options as they were sent, for the link to the next page of an expansion
record Query(EntitySet set, Optional<Sql> from, Filter filter, List<Sort> sorts, String search, int skip,
    Optional<Integer> top, boolean isCounted, List<Property> selected, boolean isSelecting, List<Expansion> expansions,
    Map<String, String> written) {

  Query {
    sorts = List.copyOf(sorts);
    selected = List.copyOf(selected);
    expansions = List.copyOf(expansions);
    written = Map.copyOf(written);
  }

  record Sort(Property property, boolean isDescending) {}

  /// Related entities shown inside each entity.
  record Expansion(Navigation navigation, Query query) {}

  Query where(Filter more) {
    return new Query(set, from, Filter.and(filter, more), sorts, search, skip, top, isCounted, selected, isSelecting,
        expansions, written);
  }

  /// Sorts that leave no two rows equal.
  List<Sort> order() {
    var order = new java.util.ArrayList<>(sorts);
    set.keyProperties().stream()
        .filter(key -> sorts.stream().noneMatch(sort -> sort.property().name().equals(key.name())))
        .forEach(key -> order.add(new Sort(key, false)));
    return order;
  }
}
