package portrait.foundation.files;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.BiFunction;
import portrait.foundation.model.ProblemException;

/// A file being read: failures come out as problems, and an end before the size that the store promised is one.
final class Download extends FilterInputStream {

  private final String name;
  private final long expected;
  private final BiFunction<String, Exception, ProblemException> problem;
  private long read;

  /// @param problem of what was being done and what happened
  Download(InputStream in, String name, long expected, BiFunction<String, Exception, ProblemException> problem) {
    super(in);
    this.name = name;
    this.expected = expected;
    this.problem = problem;
  }

  @Override
  public int read() {
    var single = new byte[1];
    return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int offset, int count) {
    int some;
    try {
      some = in.read(to, offset, count);
    } catch (IOException | RuntimeException failure) {
      throw problem.apply("reading " + name, failure);
    }
    if (some < 0 && read < expected) {
      throw problem.apply("reading " + name, new java.io.EOFException("%d of %d bytes".formatted(read, expected)));
    }
    read += Math.max(0, some);
    return some;
  }

  @Override
  public long skip(long count) throws IOException {
    long skipped = in.skip(count);
    read += skipped;
    return skipped;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException | RuntimeException failure) {
      throw problem.apply("reading " + name, failure);
    }
  }
}
