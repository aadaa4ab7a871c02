package portrait.stages.events;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// 128 bits of the SHA-256 of a message id: no two ids will ever share them.
record Hash(long high, long low) implements Comparable<Hash> {

  static final int BYTES = 16;

  static Hash of(String id) {
    try {
      var digest = ByteBuffer
          .wrap(MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8)));
      return new Hash(digest.getLong(), digest.getLong());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }

  static Hash read(ByteBuffer bytes) {
    return new Hash(bytes.getLong(), bytes.getLong());
  }

  void write(ByteBuffer bytes) {
    bytes.putLong(high).putLong(low);
  }

  /// 0 to 255, evenly.
  int part() {
    return (int) (high >>> 56);
  }

  @Override
  public int compareTo(Hash other) {
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }
}
