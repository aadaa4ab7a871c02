package portrait.stages.sources.readers;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// How a CSV file is written, in full: what is declared, and the rest found by cutting its beginning in every way and
/// keeping the one that gives rows of one width.
///
/// @param quote 0 when there is none
/// @param escape the quote itself when quotes are doubled
/// @param width how many fields the rows have
record CsvDialect(char delimiter, char quote, char escape, boolean header, int width) {

  private static final int RECORDS_LOOKED_AT = 500;
  private static final char[] DELIMITERS = {',', ';', '\t', '|'};
  private static final Pattern VALUE = Pattern
      .compile("[+-]?[0-9][0-9.,:/ T-]*Z?|[^@\\s]+@[^@\\s]+\\.[^@\\s]+|(?i:true|false|null)");

  static CsvDialect of(CsvOptions options, byte[] head, boolean headIsWhole) {
    CsvDialect best = null;
    double bestScore = -1;
    for (char delimiter : options.delimiter().map(one -> new char[]{one}).orElse(DELIMITERS)) {
      for (char quote : options.quote().map(one -> new char[]{one}).orElse(new char[]{'"', '\''})) {
        for (char escape : options.escape().map(one -> new char[]{one}).orElse(new char[]{quote, '\\'})) {
          var records = cut(head, headIsWhole, delimiter, quote, escape);
          double score = score(records, quote);
          // The first of equals wins: comma before the others, double quote before single, doubling before backslash.
          if (best == null || score > bestScore + 1e-9) {
            best = new CsvDialect(delimiter, quote, escape,
                options.header().orElseGet(() -> records.isEmpty() || isHeader(records.getFirst())), width(records));
            bestScore = score;
          }
        }
      }
    }
    if (best == null) {
      throw new IllegalArgumentException("a dialect must have a delimiter, a quote and an escape to choose from");
    }
    return best;
  }

  CsvParser parser(InputStream stream) {
    return quote == 0
        ? new CsvParser(stream, delimiter, CsvParser.NONE, CsvParser.NONE)
        : new CsvParser(stream, delimiter, quote, escape);
  }

  /// What was declared, completed.
  CsvOptions options(CsvOptions declared, String encoding) {
    return new CsvOptions(Optional.of(delimiter), Optional.of(quote),
        escape == quote ? Optional.empty() : Optional.of(escape), Optional.of(encoding), Optional.of(header),
        declared.decimal(), declared.nullTexts());
  }

  /// The first records; a broken one is an empty list.
  private static List<List<String>> cut(byte[] head, boolean headIsWhole, char delimiter, char quote, char escape) {
    var records = new ArrayList<List<String>>();
    var parser = new CsvDialect(delimiter, quote, escape, true, 0).parser(new ByteArrayInputStream(head));
    try {
      while (records.size() < RECORDS_LOOKED_AT && parser.next()) {
        var fields = new ArrayList<String>();
        for (int i = 0; parser.fault().isEmpty() && i < parser.fields(); i++) {
          fields.add(parser.text(i));
        }
        records.add(fields);
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    // The last record of a piece is cut off somewhere.
    if (!headIsWhole && records.size() > 1 && records.size() < RECORDS_LOOKED_AT) {
      records.removeLast();
    }
    return records;
  }

  private static int width(List<List<String>> records) {
    var widths = new HashMap<Integer, Integer>();
    records.stream().filter(record -> !record.isEmpty())
        .forEach(record -> widths.merge(record.size(), 1, Integer::sum));
    return widths.entrySet().stream()
        .max((one, other) -> one.getValue().equals(other.getValue())
            ? Integer.compare(one.getKey(), other.getKey())
            : Integer.compare(one.getValue(), other.getValue()))
        .map(Map.Entry::getKey).orElse(1);
  }

  /// How well the records fit together: the share of the commonest width, then how many columns that gives, then
  /// whether values are free of quotes that the dialect did not understand.
  private static double score(List<List<String>> records, char quote) {
    if (records.isEmpty()) {
      return 0;
    }
    int width = width(records);
    double share = records.stream().filter(record -> record.size() == width).count() / (double) records.size();
    char other = quote == '"' ? '\'' : '"';
    long wrapped = records.stream().flatMap(List::stream)
        .filter(value -> value.length() > 1 && value.charAt(0) == other && value.endsWith(String.valueOf(other)))
        .count();
    long fields = records.stream().mapToLong(List::size).sum();
    double understood = 1 - wrapped / (double) Math.max(1, fields);
    double headerFits = records.getFirst().size() == width ? 1 : 0.5;
    return share * share * headerFits * understood * (width == 1 ? 0.4 : 1 - 0.3 / width);
  }

  /// A header has a different name over each column, and no name looks like a number, a day or an address.
  private static boolean isHeader(List<String> record) {
    var names = new HashSet<String>();
    for (String name : record) {
      if (VALUE.matcher(name).matches() || (!name.isEmpty() && !names.add(name.toLowerCase(Locale.ROOT)))) {
        return false;
      }
    }
    return !names.isEmpty();
  }
}
