package portrait.foundation.database;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/// Changes that are durable but not yet committed to SQLite, as records from which they can be made again.
///
/// A record is on disk when the [#force] after its [#append] returns. Many records share one commit of the store; after it the journal starts
/// over at its beginning, with the next generation. The store remembers in the same commit which generation it holds
/// (`store_journal`), so it does not matter between which two steps the process dies: records of a later generation are
/// made again, all others, and the torn record at the end, are left alone.
///
/// A record: length (4 bytes), CRC-32C of all that follows (4), generation (8), seed (8), milliseconds (8), content.
final class Journal implements AutoCloseable {

  /** Beyond this the store commits without waiting longer: a start after a crash reads it all. */
  static final long BYTES_MAX = 32L << 20;
  private static final int HEAD = 8;
  private static final int FIXED = 24;

  private final FileChannel file;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
  private long generation;
  private long position;

  /// One record.
  record Entry(Origin origin, byte[] content) {}

  private Journal(FileChannel file) {
    this.file = file;
  }

  static Journal open(Path path) throws IOException {
    var journal = new Journal(
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
    journal.file.force(true);
    try (var folder = FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
      folder.force(true); // The name of a new file must survive a power cut, too.
    }
    return journal;
  }

  /// Reads what the store lacks.
  ///
  /// @param settled the generation that the store holds
  List<Entry> after(long settled) throws IOException {
    generation = settled + 1;
    position = 0;
    var entries = new ArrayList<Entry>();
    while (true) {
      var head = read(position, HEAD);
      if (head.remaining() < HEAD) {
        return entries;
      }
      int length = head.getInt();
      int checksum = head.getInt();
      if (length < FIXED || length > file.size() - position - HEAD) {
        return entries;
      }
      var body = read(position + HEAD, length);
      if (checksum(body) != checksum || body.getLong() != generation) {
        return entries;
      }
      var origin = new Origin(body.getLong(), body.getLong());
      byte[] content = new byte[body.remaining()];
      body.get(content);
      entries.add(new Entry(origin, content));
      position += HEAD + length;
    }
  }

  private ByteBuffer read(long from, int length) throws IOException {
    var bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining() && file.read(bytes, from + bytes.position()) > 0) {
      // Until it is full or the file ends.
    }
    return bytes.flip();
  }

  private static int checksum(ByteBuffer body) {
    var checksum = new CRC32C();
    checksum.update(body.duplicate());
    return (int) checksum.getValue();
  }

  /// Writes a record. When it fails, the record counts as never written.
  void append(Origin origin, byte[] content) throws IOException {
    int length = FIXED + content.length;
    if (buffer.capacity() < HEAD + length) {
      buffer = ByteBuffer.allocateDirect(Integer.highestOneBit(HEAD + length) * 2);
    }
    buffer.clear().position(HEAD);
    buffer.putLong(generation).putLong(origin.seed()).putLong(origin.millis()).put(content).flip();
    buffer.position(HEAD);
    int checksum = checksum(buffer);
    buffer.putInt(0, length).putInt(4, checksum).position(0);
    long at = position;
    while (buffer.hasRemaining()) {
      at += file.write(buffer, at);
    }
    position = at;
  }

  /// Makes what was appended durable. May be called by another thread while more is appended.
  void force() throws IOException {
    file.force(false);
  }

  long generation() {
    return generation;
  }

  /// Bytes since the last commit of the store.
  long bytes() {
    return position;
  }

  /// After the commit that holds this generation. The file keeps its length: writing over it is cheaper to force than
  /// growing it.
  void startOver() {
    generation++;
    position = 0;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
