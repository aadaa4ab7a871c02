package portrait.stages.sources;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import portrait.foundation.model.ColumnType;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.WarehouseSession;
import portrait.stages.sources.readers.Extract;

/// What the columns of a file seem to be, from their names and from the first rows.
///
/// @param columns with clean names
/// @param decimal `,` when numbers are written with it
/// @param notes what a person should check
record Suggestions(List<ColumnDefinition> columns, List<String> key, Optional<String> updated,
    Optional<Character> decimal, long rowsSeen, List<String> notes) {

  private static final int ROWS_LOOKED_AT = 10_000;
  /// Share of the values that must look like an e-mail address for the column to be one.
  private static final double MOST = 0.8;

  /// Meanings by the letters of a name. The first that matches counts.
  private static final Map<Pattern, String> MEANINGS = new LinkedHashMap<>();

  static {
    meaning("firstname|givenname|forename|vorname|prenom", "Person.FirstName");
    meaning("middlename", "Person.MiddleName");
    meaning("lastname|surname|familyname|nachname", "Person.LastName");
    meaning("fullname|customername|contactname|personname|name", "Person.FullName");
    meaning("gender|sex|geschlecht", "Person.Gender");
    meaning("dob|birthday|.*birthdate|.*dateofbirth|geburtsdatum|datedenaissance", "Person.BirthDate");
    meaning(".*e?mail(address)?", "Identity.Service.Email");
    meaning(".*(phone|mobile|telephone|cellphone|telefon|handy)(number|no)?|tel", "Identity.Service.Phone");
    meaning("(home|billing|shipping|postal)?(street|address|address1|addressline1|streetaddress|strasse|adresse)",
        "Location.Address");
    meaning("(home|billing|shipping|postal)?(city|town|suburb|ville|ort|stadt)", "Location.City");
    meaning("(home|billing|shipping|postal)?(postcode|zip|zipcode|postalcode|plz|codepostal)", "Location.PostalCode");
    meaning("(home|billing|shipping)?(state|province|stateorprovince)", "Location.State");
    meaning("(home|billing|shipping)?(country|countryorregion|land|pays)", "Location.Country");
    meaning("lat|latitude", "Location.Latitude");
    meaning("lon|lng|longitude", "Location.Longitude");
    meaning("company|companyname|organi[sz]ation|firma", "Organization.Name");
    meaning("language|locale", "Language");
  }

  private static final List<ColumnType> PLAIN = List.of(ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.BOOLEAN,
      ColumnType.DATE, ColumnType.TIMESTAMP);
  private static final List<String> DATES = List.of("dd/MM/yyyy", "MM/dd/yyyy", "dd.MM.yyyy", "dd-MM-yyyy",
      "yyyy/MM/dd",
      "yyyyMMdd", "dd MMM yyyy");
  private static final List<String> TIMES = List.of(" HH:mm:ss", " HH:mm", " h:mm a");
  private static final Pattern ID = Pattern.compile(".*(id|key|number|code|no|guid|uuid)");
  private static final Pattern ADDRESS = Pattern.compile("[^@\\s]+@[^@\\s]+[.][^@\\s]+");
  private static final Pattern UPDATED = Pattern.compile("(last)?(updated|modified|changed|update)(at|on|date|time)?");

  private static void meaning(String names, String semantic) {
    MEANINGS.put(Pattern.compile(names), semantic);
  }

  /// Looks at the first rows of a file.
  static Suggestions of(WarehouseSession session, Extract extract) {
    var looks = new ArrayList<Look>();
    // A column of that name would be taken for the key of tables without one.
    var used = new HashSet<>(Set.of(TableDefinition.LINE_NUMBER));
    for (String written : extract.columns()) {
      looks.add(new Look(written, Names.clean(written, used)));
    }
    var rows = Sql.format("(SELECT * FROM ({}) ORDER BY line LIMIT %d)".formatted(ROWS_LOOKED_AT),
        extract.rows(extract.columns()));
    long seen = count(session, rows, looks);
    var decimal = looks.stream().anyMatch(Look::needsComma) ? Optional.of(',') : Optional.<Character>empty();
    var notes = new ArrayList<String>();
    var columns = looks.stream().map(look -> look.column(notes))
        .map(column -> extract.type(column.inFile()).filter(type -> type != column.type())
            .map(type -> new ColumnDefinition(column.name(), type, column.from(), column.semantic(), column.identity(),
                Optional.empty(), Optional.empty()))
            .orElse(column))
        .toList();
    return new Suggestions(columns, key(looks, columns, seen),
        columns.stream().filter(column -> (column.type() == ColumnType.DATE || column.type() == ColumnType.TIMESTAMP)
            && UPDATED.matcher(letters(column.name())).matches()).map(ColumnDefinition::name).findFirst(),
        decimal, seen, notes);
  }

  /// Fills in what one pass over the rows tells, and says how many rows there are.
  private static long count(WarehouseSession session, Sql rows, List<Look> looks) {
    var counts = new ArrayList<Sql>();
    counts.add(Sql.of("count(*)"));
    for (int i = 0; i < looks.size(); i++) {
      String text = "c" + (i + 1);
      counts.add(Sql.of("count(%s)".formatted(text)));
      counts.add(Sql.of("count(DISTINCT %s)".formatted(text)));
      counts.add(Sql
          .of("count(*) FILTER (WHERE regexp_full_match(%1$s, '[+]?0[0-9]+|[+][0-9]+|[0-9]{16,}'))".formatted(text)));
      counts.add(Sql.of("count(*) FILTER (WHERE regexp_full_match(%s, '[01]'))".formatted(text)));
      counts
          .add(Sql.of("count(*) FILTER (WHERE regexp_full_match(%s, '[^@\\s]+@[^@\\s]+[.][^@\\s]+'))".formatted(text)));
      counts.add(Sql.of("count(*) FILTER (WHERE length(%s) > 10)".formatted(text)));
      for (var candidate : Look.CANDIDATES) {
        counts.add(Sql.format("count({})", new ColumnValues(candidate.decimal).value(candidate.column, text)));
      }
    }
    return session.query(Sql.format("SELECT {} FROM {}", Sql.join(", ", counts), rows), row -> {
      int place = 2;
      for (var look : looks) {
        look.values = row.number(place++);
        look.distinct = row.number(place++);
        look.codes = row.number(place++);
        look.bits = row.number(place++);
        look.addresses = row.number(place++);
        look.withTime = row.number(place++);
        for (int i = 0; i < look.fitting.length; i++) {
          look.fitting[i] = row.number(place++);
        }
      }
      return row.number(1);
    }).getFirst();
  }

  /// A column that is never empty and never repeats itself: first one that is named like a key.
  private static List<String> key(List<Look> looks, List<ColumnDefinition> columns, long rows) {
    var unique = new ArrayList<ColumnDefinition>();
    for (int i = 0; i < looks.size(); i++) {
      boolean canBeKey = columns.get(i).type() == ColumnType.STRING || columns.get(i).type() == ColumnType.INTEGER;
      if (canBeKey && rows > 0 && looks.get(i).distinct == rows) {
        unique.add(columns.get(i));
      }
    }
    return unique.stream().filter(column -> ID.matcher(letters(column.name())).matches()).findFirst()
        .or(() -> unique.stream().filter(column -> column.equals(columns.getFirst())).findFirst())
        .or(() -> unique.stream().filter(column -> column.identity().isPresent()).findFirst())
        .map(column -> List.of(column.name())).orElse(List.of(TableDefinition.LINE_NUMBER));
  }

  private static String letters(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }

  /// What is known about one column.
  private static final class Look {

    record Candidate(ColumnDefinition column, Optional<Character> decimal) {}

    static final List<Candidate> CANDIDATES = new ArrayList<>();

    static {
      for (var type : PLAIN) {
        CANDIDATES.add(new Candidate(ColumnDefinition.of("x", type), Optional.empty()));
      }
      CANDIDATES.add(new Candidate(ColumnDefinition.of("x", ColumnType.NUMBER), Optional.of(',')));
      for (String date : DATES) {
        CANDIDATES.add(written(ColumnType.DATE, date));
      }
      for (String date : DATES) {
        for (String time : TIMES) {
          CANDIDATES.add(written(ColumnType.TIMESTAMP, date + time));
        }
      }
    }

    private final String written;
    private final String name;
    private long values;
    private long distinct;
    private long codes;
    private long bits;
    private long addresses;
    private final long[] fitting = new long[CANDIDATES.size()];
    private long withTime;

    Look(String written, String name) {
      this.written = written;
      this.name = name;
    }

    private static Candidate written(ColumnType type, String format) {
      return new Candidate(new ColumnDefinition("x", type, Optional.empty(), Optional.empty(), Optional.empty(),
          Optional.of(format), Optional.empty()), Optional.empty());
    }

    boolean needsComma() {
      return best().filter(candidate -> candidate.decimal().isPresent()).isPresent();
    }

    ColumnDefinition column(List<String> notes) {
      var best = best();
      var type = best.map(candidate -> candidate.column().type()).orElse(ColumnType.STRING);
      var format = best.flatMap(candidate -> candidate.column().format());
      var semantic = semantic(type);
      if (!written.equals(name)) {
        notes.add("The header \"%s\" is no name for a column; it is called %s here.".formatted(written, name));
      }
      format.filter(found -> found.startsWith("dd/MM") && fits(found.replace("dd/MM", "MM/dd")))
          .ifPresent(found -> notes.add(
              "The days of %s fit %s and MM/dd alike; check which is meant.".formatted(name, found)));
      return new ColumnDefinition(name, type, written.equals(name) ? Optional.empty() : Optional.of(written), semantic,
          semantic.flatMap(Suggestions::identityOf), format, Optional.empty());
    }

    /// The first type that every value fits; none when that is text.
    private Optional<Candidate> best() {
      boolean isNamedLikeDay = letters(name).matches(".*(date|birth|dob|day).*");
      String meaning = named();
      if (values == 0 || codes > 0 || meaning.endsWith("Phone") || meaning.endsWith("PostalCode")) {
        return Optional.empty();
      }
      for (int i = 0; i < fitting.length; i++) {
        var column = CANDIDATES.get(i).column();
        boolean isPlausible = switch (column.type()) {
          case INTEGER, NUMBER -> !(isNamedLikeDay && fits("yyyyMMdd"));
          case BOOLEAN -> bits < values;
          case DATE -> column.format().isPresent() || withTime == 0;
          case TIMESTAMP -> column.format().isPresent() || withTime > 0;
          case STRING, JSON -> false;
        };
        if (isPlausible && fitting[i] == values) {
          return Optional.of(CANDIDATES.get(i));
        }
      }
      return Optional.empty();
    }

    private boolean fits(String format) {
      for (int i = 0; i < fitting.length; i++) {
        if (CANDIDATES.get(i).column().format().equals(Optional.of(format))) {
          return fitting[i] == values;
        }
      }
      return false;
    }

    private Optional<String> semantic(ColumnType type) {
      return meaning(name, type, values, addresses);
    }

    private String named() {
      return Suggestions.named(name);
    }
  }

  /// What a column means, by its name and values.
  ///
  /// @param addresses how many of the values are e-mail addresses
  static Optional<String> meaning(String name, ColumnType type, long values, long addresses) {
    if (addresses > 0 && addresses >= MOST * values) {
      return Optional.of("Identity.Service.Email");
    }
    String meaning = named(name);
    boolean isPlausible = switch (type) {
      case STRING -> !meaning.equals("Identity.Service.Email") && !meaning.endsWith("itude");
      case NUMBER -> meaning.endsWith("itude");
      case DATE -> meaning.equals("Person.BirthDate");
      case INTEGER, BOOLEAN, TIMESTAMP, JSON -> false;
    };
    // An empty column tells nothing against its name.
    return isPlausible || (values == 0 && !meaning.isEmpty()) ? Optional.of(meaning).filter(one -> !one.isEmpty())
        : Optional.empty();
  }

  private static String named(String column) {
    String letters = letters(column);
    return MEANINGS.entrySet().stream().filter(entry -> entry.getKey().matcher(letters).matches())
        .map(Map.Entry::getValue).findFirst().orElse("");
  }

  /// Every meaning that is known here.
  static List<String> meanings() {
    return MEANINGS.values().stream().distinct().toList();
  }

  /// The namespace of values with that meaning.
  static Optional<String> identityOf(String meaning) {
    return switch (meaning) {
      case "Identity.Service.Email" -> Optional.of("email");
      case "Identity.Service.Phone" -> Optional.of("phone");
      default -> Optional.empty();
    };
  }

  /// Whether a value is an e-mail address.
  static boolean isAddress(Object value) {
    return ADDRESS.matcher(value.toString()).matches();
  }
}
