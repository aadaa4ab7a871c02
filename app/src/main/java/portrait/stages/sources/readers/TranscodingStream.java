package portrait.stages.sources.readers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Text of any encoding, read as UTF-8. A byte that is not of the encoding comes out as 0xFF.
final class TranscodingStream extends InputStream {

  private static final byte WRONG = (byte) 0xff;

  private final InputStream source;
  private final CharsetDecoder decoder;
  private final ByteBuffer in = ByteBuffer.allocate(1 << 16).flip();
  private final CharBuffer decoded = CharBuffer.allocate(1 << 16);
  private byte[] out = new byte[0];
  private int at;
  private boolean ended;

  TranscodingStream(InputStream source, Charset encoding) {
    this.source = source;
    this.decoder = encoding.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
        .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    while (at == out.length) {
      if (ended) {
        return -1;
      }
      advance();
    }
    int count = Math.min(length, out.length - at);
    System.arraycopy(out, at, bytes, offset, count);
    at += count;
    return count;
  }

  private void advance() throws IOException {
    in.compact();
    int read = source.read(in.array(), in.position(), in.remaining());
    boolean isLast = read < 0;
    in.position(in.position() + Math.max(0, read)).flip();
    decoded.clear();
    CoderResult result = decoder.decode(in, decoded, isLast);
    byte[] good = new String(decoded.array(), 0, decoded.position()).getBytes(StandardCharsets.UTF_8);
    if (result.isError()) {
      in.position(in.position() + result.length());
      decoder.reset();
      out = Arrays.copyOf(good, good.length + 1);
      out[good.length] = WRONG;
    } else {
      out = good;
      ended = isLast && result.isUnderflow();
    }
    at = 0;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
