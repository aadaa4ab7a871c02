package portrait.stages.sources.readers;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Tells UTF-8 from other bytes; works on a stream in pieces.
final class Utf8 {

  private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final long NOT_ASCII = 0x8080808080808080L;

  private int pending;
  private int lowest = 0x80;
  private int highest = 0xbf;
  private long right;
  private long wrong;

  /// How many characters beyond ASCII were well formed.
  long right() {
    return right;
  }

  /// How many bytes were not UTF-8.
  long wrong() {
    return wrong;
  }

  static boolean isValid(byte[] bytes, int from, int to) {
    var check = new Utf8();
    check.add(bytes, from, to);
    return check.wrong == 0 && check.pending == 0;
  }

  void add(byte[] bytes, int length) {
    add(bytes, 0, length);
  }

  private void add(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to) {
      if (pending == 0) {
        while (i + Long.BYTES <= to && ((long) LONGS.get(bytes, i) & NOT_ASCII) == 0) {
          i += Long.BYTES;
        }
        if (i == to) {
          return;
        }
      }
      add(bytes[i++] & 0xff);
    }
  }

  /// The ranges are those of the Unicode Standard, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF.
  private void add(int octet) {
    if (pending > 0) {
      if (octet >= lowest && octet <= highest) {
        lowest = 0x80;
        highest = 0xbf;
        if (--pending == 0) {
          right++;
        }
        return;
      }
      wrong++;
      pending = 0;
      lowest = 0x80;
      highest = 0xbf;
    }
    if (octet < 0x80) {
      return;
    }
    if (octet >= 0xc2 && octet <= 0xdf) {
      pending = 1;
    } else if (octet >= 0xe0 && octet <= 0xef) {
      pending = 2;
      lowest = octet == 0xe0 ? 0xa0 : 0x80;
      highest = octet == 0xed ? 0x9f : 0xbf;
    } else if (octet >= 0xf0 && octet <= 0xf4) {
      pending = 3;
      lowest = octet == 0xf0 ? 0x90 : 0x80;
      highest = octet == 0xf4 ? 0x8f : 0xbf;
    } else {
      wrong++;
    }
  }
}
