package portrait.foundation.records;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import portrait.foundation.model.ColumnType;

/// A system outside that gives records, opened for reading.
public interface RecordStore extends AutoCloseable {

  /// What is to be read.
  ///
  /// @param what what the system calls it: a table
  /// @param isQuery whether it is a query, in the system's language
  /// @param newest the column that says how recent a record is, when only records as recent as those read before are
  ///        wanted
  /// @param key the fields of a record that tell it from the others
  /// @param positions how far was read before, as [Read#positions()] said; empty to read everything
  record Wanted(String what, boolean isQuery, Optional<String> newest, Set<String> key,
      Map<String, String> positions) {

    public Wanted {
      key = Set.copyOf(key);
      positions = Map.copyOf(positions);
    }
  }

  /// What was read.
  ///
  /// @param columns all that records have, in their order; empty when each record has its own
  /// @param positions how far that is, by whatever the system counts by; empty when it cannot tell
  /// @param isLog whether a record may come again: the later one is what holds
  record Read(List<Column> columns, TreeMap<String, String> positions, boolean isLog) {

    public Read {
      columns = List.copyOf(columns);
      positions = new TreeMap<>(positions);
    }
  }

  /// A column of records.
  ///
  /// @param type empty when the system knows none
  record Column(String name, Optional<ColumnType> type) {}

  /// Takes the records one by one, so that none is kept in memory.
  @FunctionalInterface
  interface Sink {

    /// @param part what the record was read from, when that is divided; else its name
    /// @param number its place there, rising
    /// @param json an object
    void record(String part, long number, byte[] json);
  }

  /// Asks whether records can be read there, and changes nothing.
  ///
  /// @return what was found, in a few words
  /// @throws portrait.foundation.model.ProblemException with the likely cause
  String verify();

  /// Reads records.
  ///
  /// @throws portrait.foundation.model.ProblemException `not_found` or `invalid_definition` for what is not there,
  ///         `server_unreachable` when the system fails, `cancelled` when the calling thread is interrupted
  Read read(Wanted wanted, Sink sink);

  @Override
  void close();
}
