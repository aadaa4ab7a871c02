package portrait.foundation.database;

import java.security.SecureRandom;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// Statements of one transaction. Everything in it happens, or nothing does.
///
/// Parameters may be text, whole and floating numbers, booleans, bytes, null, [Instant] (kept as microseconds since
/// 1970 in a `BIGINT` column), [UUID] and [CustomerId] (kept as text). Statements are prepared once per connection, so
/// pass constant SQL text and put what varies into parameters.
///
/// A statement that fails ends the transaction: nothing more can be done in it, on any engine.
public final class Transaction {

  private static final SecureRandom UNFORESEEN = new SecureRandom();
  private static final ThreadLocal<Boolean> OPEN_ON_THIS_THREAD = ThreadLocal.withInitial(() -> false);

  private final Session session;
  private final RandomGenerator random;
  private final Instant begunAt;
  private final long losses;
  private final List<Runnable> afterCommit = new ArrayList<>();
  private State state = State.OPEN;
  private boolean hasAnswered;

  private enum State {
    OPEN, FAILED, ENDED
  }

  /// One that reads.
  Transaction(Session session) {
    this.session = session;
    this.random = UNFORESEEN;
    this.begunAt = Instant.now();
    this.losses = 0;
  }

  /// One that writes.
  ///
  /// @param losses see [#losses]
  Transaction(Session session, Origin origin, long losses) {
    this.session = session;
    this.random = origin.random();
    this.begunAt = origin.at();
    this.losses = losses;
  }

  /// @throws IllegalStateException when this thread is inside a transaction
  static void refuseNesting() {
    if (OPEN_ON_THIS_THREAD.get()) {
      throw new IllegalStateException("a transaction is already open on this thread: pass it on instead");
    }
  }

  /// Does all its work.
  <T> T run(Function<Transaction, T> work) {
    OPEN_ON_THIS_THREAD.set(true);
    try {
      T result = work.apply(this);
      if (state == State.FAILED) {
        throw new IllegalStateException("a statement failed and its exception was caught inside the transaction");
      }
      return result;
    } finally {
      state = State.ENDED;
      OPEN_ON_THIS_THREAD.set(false);
    }
  }

  /// Chance for what this transaction makes. A change that is made again, see [Database#recover], gets the same again.
  public RandomGenerator random() {
    return random;
  }

  /// When this change was made first.
  public Instant begunAt() {
    return begunAt;
  }

  /// How often the store lost what had been deferred in it: what was remembered before is void. See [Remembered].
  public long losses() {
    return losses;
  }

  /// Rows of a query, in its order.
  public <T> List<T> query(String sql, Function<ResultRow, T> mapper, @Nullable Object... parameters) {
    var found = new ArrayList<T>();
    each(sql, row -> found.add(mapper.apply(row)), parameters);
    return found;
  }

  /// The first row of a query, if any.
  public <T> Optional<T> first(String sql, Function<ResultRow, T> mapper, @Nullable Object... parameters) {
    return run(sql, statement -> {
      bind(statement, parameters);
      try (var results = statement.executeQuery()) {
        hasAnswered = true;
        return results.next() ? Optional.of(mapper.apply(new ResultRow(results))) : Optional.empty();
      }
    });
  }

  /// Hands each row of a query to `use`, without keeping them.
  public void each(String sql, Consumer<ResultRow> use, @Nullable Object... parameters) {
    run(sql, statement -> {
      bind(statement, parameters);
      try (var results = statement.executeQuery()) {
        hasAnswered = true;
        var row = new ResultRow(results);
        while (results.next()) {
          use.accept(row);
        }
        return true;
      }
    });
  }

  /// Runs one change and tells how many rows it touched.
  public int update(String sql, @Nullable Object... parameters) {
    return run(sql, statement -> {
      bind(statement, parameters);
      return statement.executeUpdate();
    });
  }

  /// Runs one change for many rows; nothing happens for an empty list. Use [#update] where the count matters: drivers
  /// may answer "unknown" for batches.
  public void batch(String sql, List<@Nullable Object[]> rows) {
    if (rows.isEmpty()) {
      return;
    }
    run(sql, statement -> {
      for (var row : rows) {
        bind(statement, row);
        statement.addBatch();
      }
      return statement.executeBatch();
    });
  }

  /// Appended to a SELECT whose rows this transaction is going to change.
  public String forUpdate() {
    return session.engine().forUpdate();
  }

  /// Whether nobody else can change the store until this transaction ends. What is learnt in it may then be remembered
  /// for the next one; see [#afterCommit].
  public boolean isOnlyWriter() {
    return session.isOnlyWriter();
  }

  /// Runs something when all of this is durable, on the thread of the writer and before the next transaction begins.
  /// After a roll-back it never runs.
  public void afterCommit(Runnable action) {
    afterCommit.add(action);
  }

  void committed() {
    afterCommit.forEach(Runnable::run);
  }

  /// Whether any statement got an answer. Until then the work knows nothing of this transaction and can start over.
  boolean hasAnswered() {
    return hasAnswered;
  }

  private interface Use<T> {
    T with(PreparedStatement statement) throws SQLException;
  }

  private <T> T run(String sql, Use<T> use) {
    switch (state) {
      case OPEN -> {
      }
      case FAILED -> throw new IllegalStateException("the transaction has failed: let its exception pass");
      case ENDED -> throw new IllegalStateException("the transaction has ended: do all its work inside the function");
    }
    try {
      var statement = session.take(sql);
      boolean isSound = false;
      try {
        T result = use.with(statement);
        isSound = true;
        return result;
      } finally {
        if (isSound) {
          session.giveBack(sql, statement);
        } else {
          statement.close();
        }
      }
    } catch (SQLException failure) {
      state = State.FAILED;
      throw new StoreException(sql, failure);
    }
  }

  private static void bind(PreparedStatement statement, @Nullable Object[] parameters) throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      switch (parameters[i]) {
        case null -> statement.setObject(i + 1, null);
        case String text -> statement.setString(i + 1, storable(text));
        case Long number -> statement.setLong(i + 1, number);
        case Integer number -> statement.setLong(i + 1, number);
        case Double number -> statement.setDouble(i + 1, storable(number));
        case Boolean answer -> statement.setBoolean(i + 1, answer);
        case byte[] bytes -> statement.setBytes(i + 1, bytes);
        case Instant moment -> statement.setLong(i + 1, ResultRow.micros(moment));
        case UUID id -> statement.setString(i + 1, id.toString());
        case CustomerId id -> statement.setString(i + 1, id.toString());
        default -> throw new IllegalArgumentException("cannot bind a " + parameters[i].getClass().getName());
      }
    }
  }

  /// PostgreSQL keeps no U+0000, and SQLite's own functions stop at it: neither may depend on which engine runs.
  ///
  /// @throws ProblemException `invalid_parameter`
  private static String storable(String text) {
    if (text.indexOf('\0') >= 0) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "a text holds the character U+0000, which cannot be stored")
          .asException();
    }
    return text;
  }

  /// SQLite turns NaN into null without a word.
  private static double storable(double number) {
    if (!Double.isFinite(number)) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "a number was %s but must be finite".formatted(number))
          .asException();
    }
    return number;
  }
}
