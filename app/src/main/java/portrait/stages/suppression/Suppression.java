package portrait.stages.suppression;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Database;
import portrait.foundation.database.Migrations;
import portrait.foundation.database.Transaction;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.ColumnType;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.model.Schema;
import portrait.foundation.model.Schema.Column;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.activities.Activities;
import portrait.stages.sources.TableDefinition;
import portrait.stages.sources.Withheld;

/// The list of those who must not come back. Whatever comes in is held against it: rows of files by [Withheld], messages
/// by the live path.
public final class Suppression implements Withheld {

  private static final String LIST = "_suppressed";
  private static final Schema LISTED = Schema.of(Column.of("namespace", ColumnType.STRING),
      Column.of("hash", ColumnType.STRING));
  private static final int SALT_BYTES = 32;

  private final Definitions definitions;
  private final Database database;
  private volatile @Nullable Known known;

  private record Known(long revision, Fingerprints list) {}

  public Suppression(Definitions definitions, Database database) {
    this.definitions = definitions;
    this.database = database;
  }

  public static Migrations migrations() {
    return Migrations.beside(Suppression.class);
  }

  /// The list. Where nobody else can have changed it, it costs nothing to ask.
  public Fingerprints list(Transaction tx) {
    var remembered = known;
    if (remembered != null && tx.isOnlyWriter()) {
      return remembered.list();
    }
    long revision = tx.first("SELECT revision FROM suppression", row -> row.number(1)).orElseThrow();
    if (remembered != null && remembered.revision() == revision) {
      return remembered.list();
    }
    var hashes = new HashMap<String, Set<String>>();
    tx.each("SELECT namespace, hash FROM suppressed_identity",
        row -> hashes.computeIfAbsent(row.text(1), _ -> new HashSet<>()).add(row.text(2)));
    var list = new Fingerprints(salt(tx), hashes);
    // One who reads may be late: what it saw must not be taken for the latest by those who do not look.
    if (tx.isOnlyWriter() || database.isShared()) {
      known = new Known(revision, list);
    }
    return list;
  }

  /// The list as it is now.
  public Fingerprints list() {
    return database.read(this::list);
  }

  private static String salt(Transaction tx) {
    return tx.first("SELECT salt FROM suppression", row -> row.text(1)).orElseThrow();
  }

  /// Gives this installation its salt, once; call it at the start. With the salt in every backup, a list made later fits
  /// a home that is restored from it.
  public void prepare() {
    boolean isNew = database.read(tx -> salt(tx).isEmpty());
    if (isNew) {
      byte[] bytes = new byte[SALT_BYTES];
      new SecureRandom().nextBytes(bytes);
      database.write(tx -> setSalt(tx, HexFormat.of().formatHex(bytes)));
    }
  }

  private boolean setSalt(Transaction tx, String salt) {
    return tx.update("UPDATE suppression SET salt = ? WHERE salt = ''", salt) > 0 && changed(tx);
  }

  /// From now on nothing that names one of these identities comes in.
  public void add(Transaction tx, Collection<Identity> identities, Instant at) {
    add(tx, Fingerprints.of(salt(tx), identities), at);
  }

  /// Takes over a list of this installation, for example one that is newer than a backup.
  ///
  /// @throws portrait.foundation.model.ProblemException `conflict` when it is the list of another installation
  public void add(Transaction tx, Fingerprints list, Instant at) {
    setSalt(tx, list.salt());
    if (!salt(tx).equals(list.salt())) {
      throw Problem.of(Problem.Code.CONFLICT, "the list of suppressed identities is that of another installation",
          "Hashes of two installations cannot be compared.").asException();
    }
    var rows = new ArrayList<@Nullable Object[]>();
    list.hashes().forEach(
        (namespace, hashes) -> hashes.forEach(hash -> rows.add(new @Nullable Object[]{namespace, hash, at})));
    tx.batch("INSERT INTO suppressed_identity (namespace, hash, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", rows);
    changed(tx);
  }

  /// Lets these identities come in again.
  ///
  /// @return how many of them were on the list
  public int lift(Transaction tx, Collection<Identity> identities) {
    String salt = salt(tx);
    int lifted = 0;
    for (var identity : identities) {
      lifted += tx.update("DELETE FROM suppressed_identity WHERE namespace = ? AND hash = ?", identity.namespace(),
          Fingerprints.hash(salt, identity));
    }
    changed(tx);
    return lifted;
  }

  private boolean changed(Transaction tx) {
    tx.update("UPDATE suppression SET revision = revision + 1");
    known = null;
    // Somebody may have asked while this went on.
    tx.afterCommit(() -> known = null);
    return true;
  }

  /// Counts messages that were left out because they named somebody on the list.
  public void dropped(Transaction tx, int messages) {
    tx.update("UPDATE suppression SET dropped = dropped + ?", messages);
  }

  /// How many messages were left out.
  public long dropped() {
    return database.read(tx -> tx.first("SELECT dropped FROM suppression", row -> row.number(1)).orElseThrow());
  }

  @Override
  public Optional<Sql> rows(WarehouseSession session, TableDefinition table, Schema columns) {
    return rows(session, table, columns, list());
  }

  @Override
  public boolean mentions(String text) {
    return list().mentions(text);
  }

  /// A condition that holds for rows which name one of the listed identities: by their key, by a column with an
  /// identity, or as what somebody did.
  public Optional<Sql> rows(WarehouseSession session, TableDefinition table, Schema columns, Fingerprints list) {
    var named = Stream.concat(columnsWithIdentities(table), customers(table))
        .filter(each -> list.hashes().containsKey(each.namespace()))
        .filter(each -> each.columns().stream().allMatch(name -> columns.column(name).isPresent())).toList();
    if (named.isEmpty()) {
      return Optional.empty();
    }
    session.createTemporary(LIST, LISTED);
    session.append(LIST, list.hashes().entrySet().stream().flatMap(
        entry -> entry.getValue().stream().map(hash -> new @Nullable Object[]{entry.getKey(), hash})));
    return Optional.of(Sql.join(" OR ", named.stream().map(each -> condition(each, list.salt())).toList()));
  }

  /// What identifies somebody in a table.
  private record Named(String namespace, List<String> columns) {}

  private static Stream<Named> columnsWithIdentities(TableDefinition table) {
    var key = table.isKeyedByLine() ? Stream.<Named>empty() : Stream.of(new Named(table.namespace(), table.key()));
    return Stream.concat(key, table.columns().stream().flatMap(
        column -> column.identity().stream().map(namespace -> new Named(namespace, List.of(column.name())))));
  }

  private Stream<Named> customers(TableDefinition table) {
    return definitions.all(Activities.KIND).stream()
        .filter(activity -> activity.table().filter(table.fullName()::equals).isPresent())
        .flatMap(activity -> activity.customer().stream()).filter(customer -> customer.through().isEmpty())
        .map(customer -> new Named(customer.namespace(), List.of(customer.column())));
  }

  private static Sql condition(Named named, String salt) {
    var value = Sql.join(" || '|' || ",
        named.columns().stream().map(column -> Sql.format("trim(CAST({} AS VARCHAR))", Sql.name(column))).toList());
    return Sql.format("coalesce(left(sha256({} || {}), %d) IN (SELECT hash FROM %s WHERE namespace = {}), false)"
        .formatted(Fingerprints.LENGTH, LIST), Sql.of("?", Fingerprints.prefix(salt, named.namespace())),
        named.namespace().equals(Identity.EMAIL) ? Sql.format("lower({})", value) : value,
        Sql.of("?", named.namespace()));
  }
}
