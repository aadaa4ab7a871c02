package portrait.stages.accounts;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Identity;
import portrait.stages.profiles.Fragment;
import portrait.stages.profiles.Profiles;
import portrait.stages.unification.RecordGroup;
import portrait.stages.unification.SourceRecord;

/// From groups of records to accounts: which id each has, what it is called, which rows of people name it.
///
/// An id stays with the group that holds most of its records. A group that several ids come to keeps the one that sorts
/// first among those with most records there; the others lead to it. A group without any gets an id made from its first
/// record, so that the same tables give the same ids everywhere.
final class AccountRun {

  private static final List<String> NAMES = List.of("name", "company", "company_name", "organization", "organisation",
      "account_name", "title");

  private final AccountsDefinition definition;
  private final List<RecordGroup> groups;
  private final AccountState before;
  private final Map<String, List<AccountTables.Added>> added;
  private final BiFunction<String, String, Map<String, String>> column;
  private final Function<String, Map<Identity, String>> said;

  /// @param added what others say about accounts, by id
  /// @param column values of a column of a table, by the key of the row
  /// @param said values of an attribute that applications sent, by the identity they sent it about
  AccountRun(AccountsDefinition definition, List<RecordGroup> groups, AccountState before,
      Map<String, List<AccountTables.Added>> added,
      BiFunction<String, String, Map<String, String>> column, Function<String, Map<Identity, String>> said) {
    this.definition = definition;
    this.groups = groups;
    this.before = before;
    this.added = added;
    this.column = column;
    this.said = said;
  }

  AccountState result() {
    var ids = ids();
    var keys = new LinkedHashMap<Identity, AccountState.Key>();
    for (int place = 0; place < groups.size(); place++) {
      String id = ids.get(place);
      for (var record : groups.get(place).records()) {
        keys.put(record.key(), new AccountState.Key(id, true));
      }
    }
    for (int place = 0; place < groups.size(); place++) {
      String id = ids.get(place);
      groups.get(place).records().forEach(record -> record.identities().stream().skip(1)
          .forEach(identity -> keys.putIfAbsent(identity, new AccountState.Key(id, false))));
    }
    var contacts = contacts(keys);
    var counts = contacts.values().stream().collect(Collectors.groupingBy(id -> id, Collectors.counting()));
    var previous = previous(ids);
    var accounts = new LinkedHashMap<String, Account>();
    for (int place = 0; place < groups.size(); place++) {
      String id = ids.get(place);
      accounts.put(id, account(id, groups.get(place), previous, counts.getOrDefault(id, 0L)));
    }
    return new AccountState(accounts, keys, previous, contacts, AccountParents.of(definition, keys, column));
  }

  private List<String> ids() {
    var holders = new HashMap<String, Map<Integer, Integer>>();
    for (int place = 0; place < groups.size(); place++) {
      for (var record : groups.get(place).records()) {
        var known = before.keys().get(record.key());
        if (known != null) {
          holders.computeIfAbsent(known.account(), _ -> new TreeMap<>()).merge(place, 1, Integer::sum);
        }
      }
    }
    var claims = new HashMap<Integer, Map<String, Integer>>();
    holders.forEach((id, places) -> {
      var best = places.entrySet().stream().max(Map.Entry.<Integer, Integer>comparingByValue()
          .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder()))).orElseThrow();
      claims.computeIfAbsent(best.getKey(), _ -> new TreeMap<>()).put(id, best.getValue());
    });
    var taken = new HashSet<String>(holders.keySet());
    taken.addAll(before.previous().keySet());
    var ids = new ArrayList<String>();
    for (int place = 0; place < groups.size(); place++) {
      var claim = claims.getOrDefault(place, Map.of());
      String id = claim.entrySet().stream().max(Map.Entry.<String, Integer>comparingByValue()
          .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder()))).map(Map.Entry::getKey).orElse("");
      ids.add(id.isEmpty() ? fresh(groups.get(place), taken) : id);
    }
    return ids;
  }

  private static String fresh(RecordGroup group, Set<String> taken) {
    var key = group.records().getFirst().key();
    for (int attempt = 0;; attempt++) {
      String id = UUID.nameUUIDFromBytes("%s %s %d".formatted(key.namespace(), key.value(), attempt)
          .getBytes(StandardCharsets.UTF_8)).toString();
      if (taken.add(id)) {
        return id;
      }
    }
  }

  /// Ids that were given up, and those they lead to now.
  private Map<String, String> previous(List<String> ids) {
    var now = new HashSet<>(ids);
    var successors = new HashMap<String, String>();
    for (int place = 0; place < groups.size(); place++) {
      for (var record : groups.get(place).records()) {
        var known = before.keys().get(record.key());
        if (known != null && !now.contains(known.account())) {
          successors.putIfAbsent(known.account(), ids.get(place));
        }
      }
    }
    var previous = new TreeMap<>(successors);
    before.previous().forEach((id, account) -> {
      String leadsTo = now.contains(account) ? account : successors.get(account);
      if (leadsTo != null && !now.contains(id)) {
        previous.putIfAbsent(id, leadsTo);
      }
    });
    return previous;
  }

  /// Rows of people and identities that something was said about, and the account each names.
  private Map<Identity, String> contacts(Map<Identity, AccountState.Key> keys) {
    var contacts = new LinkedHashMap<Identity, String>();
    definition.contacts().forEach(contact -> column.apply(contact.table(), contact.column()).forEach((row, named) -> {
      if (row.isEmpty() || named.isEmpty() || Math.max(row.length(), named.length()) > Identity.VALUE_LENGTH_MAX) {
        return;
      }
      var key = keys.get(new Identity(contact.account(), named));
      if (key != null) {
        contacts.putIfAbsent(new Identity(contact.table(), row), key.account());
      }
    }));
    definition.said().forEach(contact -> said.apply(contact.attribute()).forEach((identity, named) -> {
      var key = AccountContacts.key(contact, named).map(keys::get);
      key.ifPresent(known -> contacts.putIfAbsent(identity, known.account()));
    }));
    return contacts;
  }

  private Account account(String id, RecordGroup group, Map<String, String> previous, long contacts) {
    var fragments = new ArrayList<Fragment>();
    for (SourceRecord record : group.records()) {
      var attributes = new HashMap<String, @Nullable Object>(record.attributes());
      fragments.add(new Fragment(fragments.size(), record.table(), attributes, record.at()));
    }
    for (var said : added.getOrDefault(id, List.of())) {
      fragments.add(new Fragment(fragments.size(), said.source(),
          new HashMap<String, @Nullable Object>(said.attributes()), said.at()));
    }
    var values = new TreeMap<String, Account.Value>();
    Profiles.merge(fragments, definition.unification().merge()).attributes()
        .forEach((name, value) -> values.put(name, new Account.Value(value.value().toString(), value.source())));
    String name = NAMES.stream().flatMap(known -> values.keySet().stream().filter(known::equalsIgnoreCase)).findFirst()
        .flatMap(known -> Optional.ofNullable(values.get(known))).map(Account.Value::value)
        .filter(text -> !text.isBlank()).orElse(group.records().getFirst().key().value());
    return new Account(id, name, values, group.records().stream().map(SourceRecord::key).toList(),
        group.links().stream().map(link -> new Account.Link(link.one(), link.other(), link.rule(), link.score()))
            .toList(),
        previous.entrySet().stream().filter(entry -> entry.getValue().equals(id)).map(Map.Entry::getKey).toList(),
        contacts);
  }

  /// What a search looks at.
  static String words(Account account) {
    var words = new ArrayList<String>();
    words.add(account.name());
    account.attributes().values().forEach(value -> words.add(value.value()));
    account.records().forEach(record -> words.add(record.value()));
    return String.join("\n", words).toLowerCase(Locale.ROOT);
  }
}
