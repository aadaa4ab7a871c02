package portrait.doors.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import portrait.foundation.model.Problem;

/// A body as it was before its sender packed it.
final class Unpacking {

  private static final int BUFFER_BYTES = 16 * 1024;
  private static final int METHOD_DEFLATE = 8;
  /** The first two bytes of a zlib header are a multiple of this (RFC 1950). */
  private static final int ZLIB_CHECK = 31;

  private Unpacking() {}

  /// @throws portrait.foundation.model.ProblemException `invalid_body` for an encoding we do not know
  static InputStream of(InputStream packed, String encoding) throws IOException {
    return switch (encoding.strip().toLowerCase(Locale.ROOT)) {
      case "", "identity" -> packed;
      case "gzip", "x-gzip" -> new GZIPInputStream(packed, BUFFER_BYTES);
      case "deflate" -> inflated(new BufferedInputStream(packed, BUFFER_BYTES));
      default -> throw Problem.of(Problem.Code.INVALID_BODY,
          "the body is packed in a way that is not known here", "Send it with Content-Encoding gzip, deflate or none.")
          .asException();
    };
  }

  /// What HTTP calls deflate has a header of zlib, but many senders leave it out.
  private static InputStream inflated(InputStream packed) throws IOException {
    packed.mark(2);
    int first = packed.read();
    int second = packed.read();
    packed.reset();
    boolean hasHeader = (first & 0x0f) == METHOD_DEFLATE && (first << 8 | second) % ZLIB_CHECK == 0;
    return new Inflating(packed, new Inflater(!hasHeader));
  }

  /// The inflater holds memory outside of the heap, so it ends with the stream.
  private static final class Inflating extends InflaterInputStream {

    Inflating(InputStream packed, Inflater inflater) {
      super(packed, inflater, BUFFER_BYTES);
    }

    @Override
    public void close() throws IOException {
      super.close();
      inf.end();
    }
  }
}
