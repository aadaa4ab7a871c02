package portrait.stages.accounts;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Identity;

/// One company, as all its sources see it.
///
/// @param id a UUID that outlives refreshes, new data and changed rules
/// @param name what it is called; its id when nobody says
/// @param records keys of its rows
/// @param links why they are together
/// @param previousIds ids of accounts that became part of it
/// @param contacts how many rows of people name it
public record Account(String id, String name, SortedMap<String, Value> attributes, List<Identity> records,
    List<Link> links, List<String> previousIds, long contacts) {

  public Account {
    attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    records = List.copyOf(records);
    links = List.copyOf(links);
    previousIds = List.copyOf(previousIds);
  }

  /// @param value as text
  /// @param source whose value won
  public record Value(String value, String source) {}

  /// @param rule the match rule; empty for two that share an identity
  public record Link(Identity one, Identity other, String rule, double score) {}

  /// Some accounts, and where the next ones are.
  ///
  /// @param next empty on the last page
  public record Page(List<Account> accounts, @Nullable String next) {}
}
