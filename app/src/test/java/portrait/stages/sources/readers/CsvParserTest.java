package portrait.stages.sources.readers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CsvParserTest {

  private static final String[] PIECES = {"a", "é", "1", ",", ",", "\"", "\"\"", "\n", "\r\n", "\r", " ", "\t", ";",
      "\\",
      "\0", "long enough to matter"};
  private static final long SEED = Long.getLong("portrait.seed", 20_261_122);

  @Test
  void whateverTheBytesItComesToAnEndAndEveryLineIsPassedOnce() throws IOException {
    var random = new SplittableRandom(SEED);
    for (int round = 0; round < 20_000; round++) {
      var text = new StringBuilder();
      for (int i = random.nextInt(30); i > 0; i--) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      if (bytes.length > 0 && random.nextInt(8) == 0) {
        bytes[random.nextInt(bytes.length)] = (byte) 0xff;
      }
      String what = "seed %d, round %d".formatted(SEED, round);
      var parser = parser(bytes, random);
      parser.expectFields(random.nextInt(4));

      long last = 0;
      int records = 0;
      while (parser.next()) {
        assertTrue(parser.line() > last, what + ": the line did not move on");
        assertTrue(++records <= bytes.length, what + ": more records than bytes");
        last = parser.line();
      }
      assertTrue(parser.linesRead() <= bytes.length + 1, what);
    }
  }

  @Test
  void whatIsWrittenByTheBookIsReadAsItWas() throws IOException {
    var random = new SplittableRandom(SEED);
    for (int round = 0; round < 3_000; round++) {
      var rows = new ArrayList<List<String>>();
      int width = 1 + random.nextInt(4);
      for (int row = 1 + random.nextInt(5); row > 0; row--) {
        var fields = new ArrayList<String>();
        for (int field = 0; field < width; field++) {
          fields.add("x" + "a,é\"\n;\\'".charAt(random.nextInt(8)) + random.nextInt(10));
        }
        rows.add(fields);
      }
      String written = rows.stream().map(fields -> fields.stream()
          .map(field -> '"' + field.replace("\"", "\"\"") + '"').collect(Collectors.joining(",")))
          .collect(Collectors.joining(random.nextBoolean() ? "\n" : "\r\n"));

      var parser = parser(written.getBytes(StandardCharsets.UTF_8), random);
      parser.expectFields(width);
      var read = new ArrayList<List<String>>();
      while (parser.next()) {
        assertTrue(parser.fault().isEmpty(), () -> "seed " + SEED + ": " + parser.fault() + " in " + written);
        var fields = new ArrayList<String>();
        for (int field = 0; field < parser.fields(); field++) {
          fields.add(parser.text(field));
        }
        read.add(fields);
      }

      assertEquals(rows, read, () -> "seed " + SEED + ": " + written);
    }
  }

  @Test
  void aForgottenQuoteCostsOneRow() throws IOException {
    var parser = parser("id,name\n1,\"open\n2,fine\n3,\"also \"\"fine\"\"\"\n".getBytes(StandardCharsets.UTF_8),
        new SplittableRandom(1));
    parser.expectFields(2);
    var outcome = new ArrayList<String>();
    while (parser.next()) {
      outcome.add(parser.line() + ": " + parser.fault().map(CsvParser.Fault::reason).orElseGet(() -> parser.text(1)));
    }

    assertEquals(List.of("1: name", "2: a quote inside a quoted field must be doubled", "3: fine", "4: also \"fine\""),
        outcome);
  }

  /** Bytes that arrive a few at a time, as they do from a slow disk or out of a packed file. */
  private static CsvParser parser(byte[] bytes, SplittableRandom random) {
    InputStream slow = new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] into, int from, int length) {
        return super.read(into, from, Math.min(length, 1 + random.nextInt(5)));
      }
    };
    return new CsvParser(slow, ',', '"', '"');
  }
}
