package portrait.foundation.database;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Problem;

/// What [Snapshot] wrote, row by row.
public final class SnapshotReader {

  private static final int BUFFER_BYTES = 1 << 16;
  private static final int ROWS_BETWEEN_REPORTS = 1_000;

  private final DataInputStream data;
  private final Map<String, List<String>> checksums = new HashMap<>();

  /// Reads the head: what made the tables.
  ///
  /// @throws portrait.foundation.model.ProblemException `invalid_file` when it is no snapshot
  public SnapshotReader(InputStream in) throws IOException {
    this.data = new DataInputStream(new BufferedInputStream(in, BUFFER_BYTES));
    if (!data.readUTF().equals(Snapshot.MAGIC)) {
      throw invalid("it is not a copy of a profile store that this Portrait can read").asException();
    }
    while (data.readByte() == Snapshot.MORE) {
      String owner = data.readUTF();
      data.readLong();
      checksums.computeIfAbsent(owner, _ -> new ArrayList<>()).add(data.readUTF());
    }
  }

  /// The scripts that had run on the store, of each owner.
  ///
  /// @throws portrait.foundation.model.ProblemException `invalid_file` when this Portrait is older than the store
  List<Migrations> versions(List<Migrations> known) {
    var unknown = new HashMap<>(checksums);
    var versions = new ArrayList<Migrations>();
    for (var owner : known) {
      var ran = unknown.remove(owner.owner());
      if (ran == null) {
        continue;
      }
      if (ran.size() > owner.scripts().size()) {
        throw newer(owner.owner()).asException();
      }
      for (int script = 0; script < ran.size(); script++) {
        if (!Migrator.checksum(owner.scripts().get(script)).equals(ran.get(script))) {
          throw newer(owner.owner()).asException();
        }
      }
      versions.add(new Migrations(owner.owner(), owner.scripts().subList(0, ran.size())));
    }
    if (!unknown.isEmpty()) {
      throw newer(unknown.keySet().iterator().next()).asException();
    }
    return versions;
  }

  private static Problem newer(String owner) {
    return invalid("it was made by another, probably newer release, whose tables of '%s' this Portrait does not know"
        .formatted(owner));
  }

  static Problem invalid(String why) {
    return Problem.of(Problem.Code.INVALID_FILE, "the backup cannot be restored: " + why,
        "Use the release that made it, or a newer one.");
  }

  /// Where the rows go.
  interface Tables {

    /// A table begins.
    void table(String name, List<String> columns);

    /// A row of it: values in the order of the columns.
    void row(@Nullable Object[] values);
  }

  /// Reads every row and keeps none.
  ///
  /// @param known what this Portrait knows
  /// @return how many there are
  /// @throws portrait.foundation.model.ProblemException `invalid_file` when this Portrait is older than the store
  public long count(List<Migrations> known, LongConsumer progress) throws IOException {
    versions(Migrations.withOurs(known));
    return read(new Tables() {
      @Override
      public void table(String name, List<String> columns) {}

      @Override
      public void row(@Nullable Object[] values) {}
    }, progress);
  }

  long read(Tables tables, LongConsumer progress) throws IOException {
    long count = 0;
    while (data.readByte() == Snapshot.MORE) {
      String name = data.readUTF();
      var columns = new ArrayList<String>();
      for (int column = data.readInt(); column > 0; column--) {
        columns.add(data.readUTF());
      }
      tables.table(name, columns);
      while (data.readByte() == Snapshot.MORE) {
        var values = new @Nullable Object[columns.size()];
        for (int column = 0; column < values.length; column++) {
          values[column] = value();
        }
        tables.row(values);
        if (++count % ROWS_BETWEEN_REPORTS == 0) {
          progress.accept(ROWS_BETWEEN_REPORTS);
        }
      }
    }
    progress.accept(count % ROWS_BETWEEN_REPORTS);
    return count;
  }

  private @Nullable Object value() throws IOException {
    int kind = data.readByte();
    return switch (kind) {
      case Snapshot.NULL -> null;
      case Snapshot.NUMBER -> data.readLong();
      case Snapshot.DECIMAL -> data.readDouble();
      case Snapshot.TEXT -> new String(bytes(), StandardCharsets.UTF_8);
      case Snapshot.BYTES -> bytes();
      case Snapshot.TRUE -> true;
      case Snapshot.FALSE -> false;
      default -> throw invalid("it holds a value of the unknown kind %d".formatted(kind)).asException();
    };
  }

  private byte[] bytes() throws IOException {
    int length = data.readInt();
    if (length < 0) {
      throw new IOException("a value has a length below zero");
    }
    byte[] bytes = data.readNBytes(length);
    if (bytes.length < length) {
      throw new IOException("the file ends in the middle of a value");
    }
    return bytes;
  }
}
