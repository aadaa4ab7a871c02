package portrait.stages.accounts;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Gatherers;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Database;
import portrait.foundation.database.Migrations;
import portrait.foundation.database.Transaction;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Schema;
import portrait.foundation.model.Schema.Column;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.stages.unification.Unification;

/// Companies beside people, in one environment: found by the same match rules, each with an id that stays, and linked to
/// the people whose rows name them.
public final class Accounts {

  public static final Kind<AccountsDefinition> KIND = new AccountsKind();

  /// The namespace whose values are ids of accounts.
  public static final String ACCOUNT = "account";

  private static final int SLICE = 500;
  private static final String TABLE = "Account";
  private static final String CONTACTS = "AccountContact";
  private static final String ID = "AccountId";
  private static final String PREVIOUS = "PreviousAccountId";
  private static final String PARENT = "ParentAccountId";

  private final Definitions definitions;
  private final Unification unification;
  private final Database database;
  private final Warehouse warehouse;

  public static Migrations migrations() {
    return Migrations.beside(Accounts.class);
  }

  public Accounts(Definitions definitions, Unification unification, Database database, Warehouse warehouse) {
    this.definitions = definitions;
    this.unification = unification;
    this.database = database;
    this.warehouse = warehouse;
  }

  /// What is defined; empty while nobody has accounts.
  public Optional<AccountsDefinition> definition() {
    return definitions.all(KIND).stream().findFirst();
  }

  /// Finds the accounts anew from the tables, and writes the tables `Account` and `AccountContact`. Ids stay as far as
  /// the records do.
  ///
  /// @param assignments a query of the identities of people (`namespace`, `value`, `customer`)
  /// @return how many accounts there are; empty without definition
  public Optional<Long> refresh(Sql assignments, Progress progress) {
    var defined = definition();
    if (defined.isEmpty()) {
      drop();
      return Optional.empty();
    }
    var groups = unification.groups(defined.get().unification(), progress);
    var before = database.read(AccountTables::read);
    var after = new AccountRun(defined.get(), groups, before, database.read(AccountTables::added),
        unification::column, unification::said).result();
    progress.check();
    after.changes(before).stream().gather(Gatherers.windowFixed(SLICE)).forEach(slice -> {
      progress.check();
      database.write(tx -> {
        slice.forEach(change -> change.accept(tx));
        return slice.size();
      });
    });
    publish(assignments);
    return Optional.of((long) after.accounts().size());
  }

  private void drop() {
    boolean isAny = database.read(tx -> !AccountTables.page(tx, "", "", 1).accounts().isEmpty());
    if (isAny) {
      database.write(tx -> {
        AccountTables.removeAll(tx);
        return true;
      });
      warehouse.write(session -> session.execute(
          "DROP TABLE IF EXISTS \"%s\"; DROP TABLE IF EXISTS \"%s\"".formatted(TABLE, CONTACTS)));
    }
  }

  private void publish(Sql assignments) {
    var accounts = new ArrayList<Account>();
    var contacts = new ArrayList<@Nullable Object[]>();
    var parents = new TreeMap<String, String>();
    database.read(tx -> {
      parents.putAll(AccountTables.parents(tx));
      String after = "";
      while (true) {
        var page = AccountTables.page(tx, "", after, SLICE);
        accounts.addAll(page.accounts());
        if (page.next() == null) {
          break;
        }
        after = page.next();
      }
      AccountTables.eachContact(tx, (account, row) -> contacts.add(
          new @Nullable Object[]{account, row.namespace(), row.value()}));
      return accounts.size();
    });
    var attributes = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    accounts.forEach(account -> account.attributes().keySet().forEach(name -> attributes.putIfAbsent(name, name)));
    var names = attributes.values().stream().filter(name -> !name.equalsIgnoreCase(ID)).toList();
    var columns = new ArrayList<Column>();
    columns.add(Column.of(ID, ColumnType.STRING));
    names.forEach(name -> columns.add(Column.of(name, ColumnType.STRING)));
    // What rows call so themselves stays theirs.
    for (String ours : List.of(PARENT, PREVIOUS)) {
      if (!attributes.containsKey(ours)) {
        columns.add(Column.of(ours, ColumnType.STRING));
      }
    }
    warehouse.write(session -> {
      session.create(TABLE, new Schema(columns));
      session.append(TABLE, accounts.stream()
          .map(account -> row(account, parents.get(account.id()), columns)));
      session.create("_account_contact", Schema.of(Column.of("account", ColumnType.STRING),
          Column.of("namespace", ColumnType.STRING), Column.of("value", ColumnType.STRING)));
      session.append("_account_contact", contacts.stream());
      session.execute(Sql.format("""
          CREATE OR REPLACE TABLE "%s" AS
          SELECT contact.account AS "AccountId", person.customer AS "CustomerId", contact.namespace AS "Table",
            contact.value AS "Key"
          FROM _account_contact AS contact JOIN ({}) AS person
            ON person.namespace = contact.namespace AND person.value = contact.value ORDER BY 1, 2, 3, 4"""
          .formatted(CONTACTS), assignments));
      return accounts.size();
    });
  }

  private static @Nullable Object[] row(Account account, @Nullable String parent, List<Column> columns) {
    return columns.stream().map(column -> {
      var value = account.attributes().get(column.name());
      return switch (column.name()) {
        case ID -> account.id();
        case String name when value != null -> value.value();
        case PARENT -> parent;
        case PREVIOUS -> account.previousIds().isEmpty() ? null : String.join(";", account.previousIds());
        default -> null;
      };
    }).toArray();
  }

  /// Accounts by name.
  ///
  /// @param text part of the name, of an attribute or of a key; empty finds all
  /// @param cursor the `next` of the page before, empty for the first
  public Account.Page page(Transaction tx, String text, String cursor, int limit) {
    return AccountTables.page(tx, text, cursor, limit);
  }

  /// The account that has this identity; namespace `account` takes an id, also one that was given up.
  public Optional<Account> find(Transaction tx, Identity identity) {
    return AccountTables.find(tx, identity);
  }

  /// The account that a row of people names first, by the keys of the rows.
  public Optional<Account> ofContact(Transaction tx, List<Identity> rows) {
    return rows.stream().flatMap(row -> AccountTables.ofContact(tx, row).stream()).findFirst();
  }

  /// Keys of rows of people who belong to the account.
  public List<Identity> contacts(Transaction tx, Account account, int limit) {
    return AccountTables.contacts(tx, account.id(), limit);
  }

  /// The accounts that an account belongs to, and those that belong to it.
  public Hierarchy hierarchy(Transaction tx, Account account) {
    return AccountTables.hierarchy(tx, account);
  }

  /// Accounts in the order of their ids.
  ///
  /// @param id the last one of those before; empty for the first
  public List<Account> after(Transaction tx, String id, int limit) {
    return AccountTables.after(tx, id, limit);
  }

  /// What somebody else says about an account, in place of what they said before. Until the next refresh it fills gaps;
  /// then the merge policy weighs it like what tables say.
  ///
  /// @param attributes empty to take out what was added
  public void add(Transaction tx, String id, String source, Map<String, String> attributes, Instant at) {
    if (attributes.isEmpty()) {
      AccountTables.removeAdded(tx, id, source);
    } else {
      AccountTables.putAdded(tx, id, new AccountTables.Added(source, attributes, at));
    }
    AccountTables.find(tx, new Identity(ACCOUNT, id)).filter(account -> account.id().equals(id)).ifPresent(account -> {
      var values = new TreeMap<>(account.attributes());
      values.values().removeIf(value -> value.source().equals(source));
      attributes.forEach((name, value) -> values.putIfAbsent(name, new Account.Value(value, source)));
      if (!values.equals(account.attributes())) {
        AccountTables.put(tx, new Account(id, account.name(), values, account.records(), account.links(),
            account.previousIds(), account.contacts()));
      }
    });
  }

  /// How many there are.
  public long count(Transaction tx) {
    return AccountTables.count(tx);
  }
}
