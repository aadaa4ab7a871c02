package portrait.stages.accounts;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import portrait.foundation.database.ResultRow;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.Identity;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The tables of accounts in the profile store.
final class AccountTables {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String COLUMNS = "SELECT a.id, a.name, a.document, a.contacts FROM account_profile AS a ";

  private static final int BELOW_MAX = 1_000;

  private AccountTables() {}

  /// What somebody else says about an account.
  record Added(String source, Map<String, String> attributes, Instant at) {}

  static AccountState read(Transaction tx) {
    var accounts = new LinkedHashMap<String, Account>();
    tx.each(COLUMNS + "ORDER BY a.id", row -> accounts.put(row.text(1), account(row)));
    var keys = new LinkedHashMap<Identity, AccountState.Key>();
    tx.each("SELECT namespace, value, account, is_record FROM account_key ORDER BY namespace, value",
        row -> keys.put(new Identity(row.text(1), row.text(2)), new AccountState.Key(row.text(3), row.isTrue(4))));
    var previous = new TreeMap<String, String>();
    tx.each("SELECT id, account FROM account_previous ORDER BY id", row -> previous.put(row.text(1), row.text(2)));
    var contacts = new LinkedHashMap<Identity, String>();
    eachContact(tx, (account, row) -> contacts.put(row, account));
    return new AccountState(accounts, keys, previous, contacts, parents(tx));
  }

  /// The account that each belongs to.
  static Map<String, String> parents(Transaction tx) {
    var parents = new TreeMap<String, String>();
    tx.each("SELECT account, parent FROM account_parent ORDER BY account",
        row -> parents.put(row.text(1), row.text(2)));
    return parents;
  }

  static void putParent(Transaction tx, String account, String parent) {
    removeParent(tx, account);
    tx.update("INSERT INTO account_parent (account, parent) VALUES (?, ?)", account, parent);
  }

  static void removeParent(Transaction tx, String account) {
    tx.update("DELETE FROM account_parent WHERE account = ?", account);
  }

  static Hierarchy hierarchy(Transaction tx, Account account) {
    var above = new ArrayDeque<Account>();
    for (var next = above(tx, account); next.isPresent(); next = above(tx, next.get())) {
      above.addFirst(next.get());
    }
    var below = tx.query(COLUMNS + "JOIN account_parent AS p ON p.account = a.id WHERE p.parent = ? "
        + "ORDER BY a.name, a.id LIMIT ?", AccountTables::account, account.id(), BELOW_MAX);
    return tx.first("""
        WITH RECURSIVE family (id) AS (SELECT CAST(? AS TEXT)
          UNION SELECT p.account FROM account_parent AS p JOIN family AS f ON f.id = p.parent)
        SELECT count(*), sum(a.contacts) FROM family AS f JOIN account_profile AS a ON a.id = f.id""",
        row -> new Hierarchy(List.copyOf(above), below, row.number(1), row.number(2)), account.id()).orElseThrow();
  }

  private static Optional<Account> above(Transaction tx, Account account) {
    return tx.first(COLUMNS + "JOIN account_parent AS p ON p.parent = a.id WHERE p.account = ?",
        AccountTables::account, account.id());
  }

  static void eachContact(Transaction tx, BiConsumer<String, Identity> use) {
    tx.each("SELECT account, namespace, value FROM account_contact ORDER BY account, namespace, value",
        row -> use.accept(row.text(1), new Identity(row.text(2), row.text(3))));
  }

  static List<Account> after(Transaction tx, String id, int limit) {
    return tx.query(COLUMNS + "WHERE a.id > ? ORDER BY a.id LIMIT ?", AccountTables::account, id, limit);
  }

  /// By account, in the order of the sources.
  static Map<String, List<Added>> added(Transaction tx) {
    var added = new TreeMap<String, List<Added>>();
    tx.each("SELECT account, source, attributes, said_at FROM account_added ORDER BY account, source",
        row -> added.computeIfAbsent(row.text(1), _ -> new ArrayList<>())
            .add(new Added(row.text(2), words(JSON.readTree(row.text(3))), row.instant(4))));
    return added;
  }

  private static Map<String, String> words(JsonNode attributes) {
    var words = new TreeMap<String, String>();
    attributes.properties().forEach(entry -> words.put(entry.getKey(), entry.getValue().asString()));
    return words;
  }

  static void putAdded(Transaction tx, String account, Added added) {
    removeAdded(tx, account, added.source());
    var attributes = JSON.createObjectNode();
    new TreeMap<>(added.attributes()).forEach(attributes::put);
    tx.update("INSERT INTO account_added (account, source, attributes, said_at) VALUES (?, ?, ?, ?)", account,
        added.source(), attributes.toString(), added.at());
  }

  static void removeAdded(Transaction tx, String account, String source) {
    tx.update("DELETE FROM account_added WHERE account = ? AND source = ?", account, source);
  }

  static long count(Transaction tx) {
    return tx.first("SELECT count(*) FROM account_profile", row -> row.number(1)).orElse(0L);
  }

  /// @param cursor name and id of the last of the page before, with U+001F between
  static Account.Page page(Transaction tx, String text, String cursor, int limit) {
    int cut = cursor.indexOf('\u001f');
    String name = cut < 0 ? "" : cursor.substring(0, cut);
    String id = cut < 0 ? "" : cursor.substring(cut + 1);
    String pattern = "%"
        + text.strip().toLowerCase(Locale.ROOT).replace("!", "!!").replace("%", "!%").replace("_", "!_")
        + "%";
    var found = tx.query(COLUMNS + """
        WHERE a.words LIKE ? ESCAPE '!' AND (a.name > ? OR a.name = ? AND a.id > ?) ORDER BY a.name, a.id LIMIT ?""",
        AccountTables::account, pattern, name, name, id, limit + 1);
    boolean isMore = found.size() > limit;
    var accounts = new ArrayList<>(isMore ? found.subList(0, limit) : found);
    return new Account.Page(accounts,
        isMore ? accounts.getLast().name() + '\u001f' + accounts.getLast().id() : null);
  }

  static Optional<Account> find(Transaction tx, Identity identity) {
    if (identity.namespace().equals(Accounts.ACCOUNT)) {
      return byId(tx, identity.value()).or(() -> tx.first("SELECT account FROM account_previous WHERE id = ?",
          row -> row.text(1), identity.value()).flatMap(id -> byId(tx, id)));
    }
    return tx.first(COLUMNS + "JOIN account_key AS k ON k.account = a.id WHERE k.namespace = ? AND k.value = ?",
        AccountTables::account, identity.namespace(), identity.value());
  }

  private static Optional<Account> byId(Transaction tx, String id) {
    return tx.first(COLUMNS + "WHERE a.id = ?", AccountTables::account, id);
  }

  static Optional<Account> ofContact(Transaction tx, Identity row) {
    return tx.first(COLUMNS + "JOIN account_contact AS c ON c.account = a.id WHERE c.namespace = ? AND c.value = ?",
        AccountTables::account, row.namespace(), row.value());
  }

  static List<Identity> contacts(Transaction tx, String account, int limit) {
    return tx.query("""
        SELECT namespace, value FROM account_contact WHERE account = ? ORDER BY namespace, value LIMIT ?""",
        row -> new Identity(row.text(1), row.text(2)), account, limit);
  }

  static void put(Transaction tx, Account account) {
    tx.update("DELETE FROM account_profile WHERE id = ?", account.id());
    tx.update("INSERT INTO account_profile (id, name, words, document, contacts, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        account.id(), account.name(), AccountRun.words(account), document(account).toString(), account.contacts(),
        tx.begunAt());
  }

  static void remove(Transaction tx, String id) {
    tx.update("DELETE FROM account_profile WHERE id = ?", id);
  }

  static void putKey(Transaction tx, Identity identity, AccountState.Key key) {
    removeKey(tx, identity);
    tx.update("INSERT INTO account_key (namespace, value, account, is_record) VALUES (?, ?, ?, ?)",
        identity.namespace(), identity.value(), key.account(), key.isRecord());
  }

  static void removeKey(Transaction tx, Identity identity) {
    tx.update("DELETE FROM account_key WHERE namespace = ? AND value = ?", identity.namespace(), identity.value());
  }

  static void putPrevious(Transaction tx, String id, String account) {
    removePrevious(tx, id);
    tx.update("INSERT INTO account_previous (id, account) VALUES (?, ?)", id, account);
  }

  static void removePrevious(Transaction tx, String id) {
    tx.update("DELETE FROM account_previous WHERE id = ?", id);
  }

  /// The account that one identity names.
  static Optional<String> contact(Transaction tx, Identity identity) {
    return tx.first("SELECT account FROM account_contact WHERE namespace = ? AND value = ?", row -> row.text(1),
        identity.namespace(), identity.value());
  }

  static Optional<String> accountOf(Transaction tx, Identity key) {
    return tx.first("SELECT account FROM account_key WHERE namespace = ? AND value = ?", row -> row.text(1),
        key.namespace(), key.value());
  }

  /// One more or one fewer who belongs to the account.
  static void addContacts(Transaction tx, String account, int more) {
    tx.update("UPDATE account_profile SET contacts = contacts + ? WHERE id = ?", more, account);
  }

  static void putContact(Transaction tx, Identity row, String account) {
    removeContact(tx, row);
    tx.update("INSERT INTO account_contact (namespace, value, account) VALUES (?, ?, ?)", row.namespace(), row.value(),
        account);
  }

  static void removeContact(Transaction tx, Identity row) {
    tx.update("DELETE FROM account_contact WHERE namespace = ? AND value = ?", row.namespace(), row.value());
  }

  static void removeAll(Transaction tx) {
    tx.update("DELETE FROM account_profile");
    tx.update("DELETE FROM account_key");
    tx.update("DELETE FROM account_previous");
    tx.update("DELETE FROM account_contact");
    tx.update("DELETE FROM account_added");
    tx.update("DELETE FROM account_parent");
  }

  private static ObjectNode document(Account account) {
    var document = JSON.createObjectNode();
    var attributes = document.putObject("attributes");
    account.attributes().forEach((name, value) -> attributes.putObject(name).put("value", value.value())
        .put("source", value.source()));
    var records = document.putArray("records");
    account.records().forEach(record -> records.add(identity(record)));
    var links = document.putArray("links");
    account.links().forEach(link -> {
      var one = links.addObject().put("rule", link.rule()).put("score", link.score());
      one.set("one", identity(link.one()));
      one.set("other", identity(link.other()));
    });
    var previous = document.putArray("previous");
    account.previousIds().forEach(previous::add);
    return document;
  }

  private static ObjectNode identity(Identity identity) {
    return JSON.createObjectNode().put("namespace", identity.namespace()).put("value", identity.value());
  }

  private static Account account(ResultRow row) {
    var document = JSON.readTree(row.text(3));
    var attributes = new TreeMap<String, Account.Value>();
    document.path("attributes").properties().forEach(entry -> attributes.put(entry.getKey(),
        new Account.Value(entry.getValue().path("value").asString(), entry.getValue().path("source").asString())));
    return new Account(row.text(1), row.text(2), attributes,
        document.path("records").valueStream().map(AccountTables::identity).toList(),
        document.path("links").valueStream().map(link -> new Account.Link(identity(link.path("one")),
            identity(link.path("other")), link.path("rule").asString(), link.path("score").asDouble())).toList(),
        document.path("previous").valueStream().map(JsonNode::asString).toList(), row.number(4));
  }

  private static Identity identity(JsonNode identity) {
    return new Identity(identity.path("namespace").asString(), identity.path("value").asString());
  }
}
