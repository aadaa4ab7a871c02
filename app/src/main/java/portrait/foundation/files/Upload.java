package portrait.foundation.files;

import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/// A file that is being written: kept in memory one part at a time, unseen until it is published as a whole.
public final class Upload extends OutputStream {

  /// How a store takes a file in.
  interface Parts {

    /// How many bytes a part has; only the last may have fewer.
    int partBytes();

    /// Asks the store whether it would take a file at all.
    default void begin() {
      add(new byte[1], 1);
    }

    /// Takes a whole part, and more will follow.
    void add(byte[] part, int length);

    /// Takes what is left, which is all there is of a small file, and makes the file seen.
    void finish(byte[] rest, int length);

    /// Leaves nothing behind. It is called when nothing was begun, too.
    void giveUp();
  }

  /// What was published.
  ///
  /// @param sha256 of the whole content, in hexadecimal digits
  public record Published(String name, long bytes, String sha256) {}

  private enum State {
    OPEN, PUBLISHED, GIVEN_UP
  }

  private final String name;
  private final Parts parts;
  private final byte[] part;
  private final MessageDigest digest;
  private int length;
  private long bytes;
  private State state = State.OPEN;

  Upload(String name, Parts parts) {
    this.name = name;
    this.parts = parts;
    this.part = new byte[parts.partBytes()];
    this.digest = sha256();
  }

  @Override
  public void write(int single) {
    write(new byte[]{(byte) single}, 0, 1);
  }

  @Override
  public void write(byte[] from) {
    write(from, 0, from.length);
  }

  @Override
  public void write(byte[] from, int offset, int count) {
    Objects.checkFromIndexSize(offset, count, from.length);
    checkOpen();
    digest.update(from, offset, count);
    bytes += count;
    for (int done = 0; done < count;) {
      if (length == part.length) {
        parts.add(part, length);
        length = 0;
      }
      int some = Math.min(count - done, part.length - length);
      System.arraycopy(from, offset + done, part, length, some);
      length += some;
      done += some;
    }
  }

  /// Makes the store say whether it would take a file. What follows can only be to give it up.
  void begin() {
    checkOpen();
    parts.begin();
  }

  /// Makes the whole file seen, at once.
  public Published publish() {
    checkOpen();
    parts.finish(part, length);
    state = State.PUBLISHED;
    return new Published(name, bytes, HexFormat.of().formatHex(digest.digest()));
  }

  /// Gives the file up, unless it is published.
  @Override
  public void close() {
    if (state == State.OPEN) {
      state = State.GIVEN_UP;
      parts.giveUp();
    }
  }

  private void checkOpen() {
    if (state != State.OPEN) {
      throw new IllegalStateException("%s is %s already".formatted(name,
          state == State.PUBLISHED ? "published" : "given up"));
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
