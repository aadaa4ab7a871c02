package portrait.stages.sources.readers;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// Knows how much of a file was read.
final class CountingStream extends FilterInputStream {

  private long count;

  CountingStream(InputStream source) {
    super(source);
  }

  long count() {
    return count;
  }

  @Override
  public int read() throws IOException {
    int octet = super.read();
    count += octet < 0 ? 0 : 1;
    return octet;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = super.read(bytes, offset, length);
    count += Math.max(0, read);
    return read;
  }
}
