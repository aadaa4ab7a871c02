package portrait.stages.sources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

class SourcesTest {

  private static final String CONTACTS = """
      name: contacts
      key: ContactId
      columns:
        - { name: ContactId }
        - { name: Email, semantic: Identity.Service.Email, identity: email }
        - { name: BirthDate, type: date, format: "dd/MM/yyyy", from: "Date of birth" }
        - { name: Points, type: integer }
      """;

  @TempDir
  Path folder = Path.of("");
  @SuppressWarnings("NullAway.Init")
  private SourcesFixture house;

  @BeforeEach
  void open() {
    house = new SourcesFixture(folder);
  }

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void goodRowsAreLoadedAndBadOnesAreSetAsideWithTheirReasons() {
    house.define(CONTACTS + "corrupt_limit: 80%\n");
    var result = house.load("shop.contacts", house.file("contacts.csv", """
        ContactId;Email;Date of birth;Points
        c1;ann@example.org;31/12/1980;17850.0
        c2;bob@example.org;31/02/1980;many
        ;nobody@example.org;;
        c3;"a ""quoted"" name
        over two lines";;-3
        c1;other@example.org;;
        c4;too;few
        """));
    assertEquals(new LoadResult(6, 2, 4, 0, 2, 0, false), result);
    assertEquals("""
        c1 | ann@example.org | 1980-12-31 | 17850
        c3 | a "quoted" name
        over two lines | ∅ | -3
        """, house.rows("shop.contacts"));
    assertEquals("""
        contacts.csv | 3 | BirthDate | 31/02/1980 | a day written dd/MM/yyyy | the value is not a day written dd/MM/yyyy | c2;bob@example.org;31/02/1980;many
        contacts.csv | 3 | Points | many | a whole number | the value is not a whole number | c2;bob@example.org;31/02/1980;many
        contacts.csv | 4 | ContactId | ∅ | a value of at most 1024 characters | the primary key is empty | ;nobody@example.org;;
        contacts.csv | 7 | ContactId | c1 | a key that no other row has | the key is that of line 2 | c1;other@example.org;;
        contacts.csv | 8 | ∅ | 3 fields | 4 fields | the row has too few fields | c4;too;few
        """, house.refused("shop.contacts"));
    var state = house.sources.table("shop.contacts").orElseThrow();
    assertEquals(2, state.rows());
    assertEquals(4, state.refused());
  }

  @Test
  void tooManyBadRowsLeaveTheLastGoodState() {
    house.define(CONTACTS);
    house.load("shop.contacts", house.file("good.csv", "ContactId,Email,Date of birth,Points\nc1,,,1\n"));
    var problem = assertThrows(ProblemException.class, () -> house.load("shop.contacts",
        house.file("bad.csv", "ContactId,Email,Date of birth,Points\nc2,,,1\nc3,,,x\n"))).problem();
    assertEquals(Problem.Code.TOO_MANY_BAD_ROWS, problem.code());
    assertEquals("1 of 2 rows for shop.contacts were refused, more than the 5% that its corrupt_limit allows; "
        + "the table stays as it was", problem.message());
    assertEquals("bad.csv line 3, Points: the value is not a whole number", problem.details().get("reason1"));
    assertEquals("c1 | ∅ | ∅ | 1\n", house.rows("shop.contacts"));
    assertEquals("", house.refused("shop.contacts"));
  }

  @Test
  void theSameFileTwiceChangesNothing() {
    house.define(CONTACTS);
    var file = house.file("a.csv", "ContactId,Email,Date of birth,Points\nc1,,,1\n");
    assertFalse(house.load("shop.contacts", file).skippedAsSeen());
    assertTrue(house.load("shop.contacts", file).skippedAsSeen());
    // Not after a restart either.
    house.close();
    house = new SourcesFixture(folder);
    assertTrue(house.load("shop.contacts", file).skippedAsSeen());
    assertEquals(1, house.sources.table("shop.contacts").orElseThrow().rows());
    // Other bytes with the same rows are loaded, and change nothing.
    var same = house.file("b.csv", "ContactId,Email,Date of birth,Points\r\n\"c1\",,,1\r\n");
    assertEquals(new LoadResult(1, 1, 0, 1, 0, 0, false), house.load("shop.contacts", same));
  }

  @Test
  void aReplacingLoadCountsWhatChanged() {
    house.define(CONTACTS);
    house.load("shop.contacts",
        house.file("1.csv", "ContactId,Email,Date of birth,Points\nstays,,,1\nchanges,,,1\ngoes,,,1\n"));
    assertEquals(new LoadResult(3, 3, 0, 1, 2, 1, false), house.load("shop.contacts",
        house.file("2.csv", "ContactId,Email,Date of birth,Points\nstays,,,1\nchanges,,,2\ncomes,,,1\n")));
  }

  @Test
  void upsertsAndDeletesChangeSomeRows() {
    house.define(CONTACTS);
    String header = "ContactId,Email,Date of birth,Points\n";
    var day1 = house.file("1.csv", header + "a,,,1\nb,,,1\n");
    var day2 = house.file("2.csv", header + "b,,,2\nc,,,2\n");
    assertEquals(new LoadResult(4, 4, 0, 0, 4, 0, false), house.load("shop.contacts", LoadMode.UPSERT, day1, day2));
    assertEquals("a | ∅ | ∅ | 1\nb | ∅ | ∅ | 2\nc | ∅ | ∅ | 2\n", house.rows("shop.contacts"));
    assertTrue(house.load("shop.contacts", LoadMode.UPSERT, day1).skippedAsSeen(),
        "an old file must not undo a new one");
    var gone = house.file("gone.csv", "ContactId\na\nz\n");
    assertEquals(new LoadResult(2, 2, 0, 1, 0, 1, false), house.load("shop.contacts", LoadMode.DELETE, gone));
    assertEquals("b | ∅ | ∅ | 2\nc | ∅ | ∅ | 2\n", house.rows("shop.contacts"));
    assertEquals(new LoadResult(2, 2, 0, 0, 2, 0, false), house.load("shop.contacts", LoadMode.UPSERT, day1));
    assertEquals("a | ∅ | ∅ | 1\nb | ∅ | ∅ | 1\nc | ∅ | ∅ | 2\n", house.rows("shop.contacts"));
  }

  @Test
  void theNewerRowWinsWhenTheTableSaysWhichColumnTells() {
    house.define("""
        name: contacts
        key: [id]
        updated: seen
        corrupt_limit: 50%
        columns: [ { name: id, type: integer }, { name: city }, { name: seen, type: timestamp } ]
        """);
    house.load("shop.contacts", house.file("1.csv", """
        id,city,seen
        1,Lyon,2026-01-01
        1,Nice,2026-01-03T10:00:00+02:00
        2,Metz,2026-01-02 08:00:00Z
        """));
    assertEquals("1 | Nice | 2026-01-03T08:00:00Z\n2 | Metz | 2026-01-02T08:00:00Z\n", house.rows("shop.contacts"));
    assertEquals(new LoadResult(2, 2, 0, 1, 1, 0, false), house.load("shop.contacts", LoadMode.UPSERT,
        house.file("2.csv", "id,city,seen\n1,Brest,2026-01-02\n2,Paris,2026-01-04\n")));
    assertEquals("1 | Nice | 2026-01-03T08:00:00Z\n2 | Paris | 2026-01-04T00:00:00Z\n", house.rows("shop.contacts"));
  }

  @Test
  void rowsWithoutKeyAreToldApartByTheirLine() {
    house.define("name: lines\nkey: line_number\ncolumns: [ { name: item }, { name: note } ]\n");
    house.load("shop.lines", house.file("1.csv", "item,note\npen,\"two\nlines\"\npen,\n"),
        house.file("2.csv", "item,note\npen,\n"));
    assertEquals("2 | pen | two\nlines\n4 | pen | ∅\n6 | pen | ∅\n", house.rows("shop.lines"));
    assertEquals("line_number", house.sources.table("shop.lines").orElseThrow().columns().getFirst().name());
  }

  @Test
  void columnsAreFoundWhenTheDefinitionNamesNone() {
    house.define("name: people\nkey: Id\n");
    house.load("shop.people", house.file("people.csv",
        "Id,First name,E-mail,Since,Zip\n7,Ann,ann@example.org,2020-01-02,01234\n8,Bob,bob@example.org,,99999\n"));
    assertEquals("""
        7 | Ann | ann@example.org | 2020-01-02 | 01234
        8 | Bob | bob@example.org | ∅ | 99999
        """, house.rows("shop.people"));
    assertEquals(
        List.of("Id integer ", "First_name string Person.FirstName", "E_mail string Identity.Service.Email",
            "Since date ", "Zip string Location.PostalCode"),
        house.sources.table("shop.people").orElseThrow().columns().stream()
            .map(column -> column.name() + " " + column.type().text() + " " + column.semantic().orElse("")).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "windows-1252", "ISO-8859-1"})
  void encodingsAreFound(String encoding) {
    house.define("name: people\nkey: id\n");
    house.load("shop.people",
        house.file("people.csv", "id,name\n1,Zoë Müller\n2,René Façade\n3,plain\n", Charset.forName(encoding)));
    assertEquals("1 | Zoë Müller\n2 | René Façade\n3 | plain\n", house.rows("shop.people"));
  }

  @Test
  void theByteOrderMarkIsNoPartOfTheFirstName() {
    house.define("name: people\nkey: id\n");
    house.load("shop.people", house.file("people.csv", "\ufeffid,name\n1,Zoë\n"));
    assertEquals("1 | Zoë\n", house.rows("shop.people"));
  }

  @ParameterizedTest
  @ValueSource(strings = {",", ";", "\t", "|"})
  void delimitersAreFound(String delimiter) {
    house.define("name: people\nkey: id\n");
    house.load("shop.people", house.file("people.csv", """
        id,name,amount
        1,"Smith, Ann; 'Annie' | x	y",12.5
        2,O'Neil,7
        """.replace("Smith,", "Smith^").replace(",", delimiter).replace("^", ",")));
    assertEquals("1 | Smith, Ann; 'Annie' | x\ty | 12.5\n2 | O'Neil | 7.0\n", house.rows("shop.people"));
  }

  @Test
  void decimalCommasAndThousandsAreReadWhenDeclared() {
    house.define("""
        name: sums
        key: id
        csv: { decimal: ",", null: ["n/a", "-"] }
        columns: [ { name: id, type: integer }, { name: sum, type: number } ]
        """);
    house.load("shop.sums", house.file("sums.csv", "id;sum\n1;1.234.567,89\n2;-0,5\n3;n/a\n4;-\n5;12\n"));
    assertEquals("1 | 1234567.89\n2 | -0.5\n3 | ∅\n4 | ∅\n5 | 12.0\n", house.rows("shop.sums"));
  }

  @Test
  void decimalCommasAreFound() {
    house.define("name: sums\nkey: id\n");
    house.load("shop.sums", house.file("sums.csv", "id;sum\na1;1234,89\na2;-0,5\n"));
    assertEquals("a1 | 1234.89\na2 | -0.5\n", house.rows("shop.sums"));
  }

  @Test
  void valuesMustHaveTheShapeOfTheirType() {
    house.define("""
        name: kinds
        key: id
        corrupt_limit: 100%
        columns:
          - { name: id }
          - { name: i, type: integer }
          - { name: n, type: number }
          - { name: b, type: boolean }
          - { name: d, type: date }
          - { name: t, type: timestamp, zone: Europe/London }
          - { name: j, type: json }
          - { name: e, type: timestamp, format: epoch_millis }
        """);
    house.load("shop.kinds", house.file("kinds.jsonl", """
        {"id":"good","i":17850.0,"n":1e3,"b":"Yes","d":"2024-02-29T10:00:00","t":"2024-07-01 10:00:00","j":{"a":[1]},"e":1700000000123}
        {"id":"zone","t":"2024-07-01T10:00:00-05:00"}
        {"id":"half","i":1.5}
        {"id":"under","i":"1_5"}
        {"id":"nan","n":"NaN"}
        {"id":"huge","i":"99999999999999999999","n":"1e999"}
        {"id":"maybe","b":"maybe"}
        {"id":"leap","d":"2023-02-29"}
        {"id":"epoch","t":"epoch"}
        {"id":"broken","j":"{"}
        {"id":"far","e":"9223372036854775807"}
        [1,2]
        {"id":
        """));
    assertEquals("""
        good | 17850 | 1000.0 | true | 2024-02-29 | 2024-07-01T09:00:00Z | {"a":[1]} | 2023-11-14T22:13:20.123Z
        zone | ∅ | ∅ | ∅ | ∅ | 2024-07-01T15:00:00Z | ∅ | ∅
        """, house.rows("shop.kinds"));
    assertEquals("3 i|4 i|5 n|6 i|6 n|7 b|8 d|9 t|10 j|11 e|12 null|13 null",
        String.join("|", house.sources.refused("shop.kinds", 100, 0).rows().stream()
            .map(row -> row.get(2) + " " + row.get(3)).toList()));
  }

  @Test
  void parquetIsReadWithItsTypes() {
    house.define("name: events\nkey: id\nformat: parquet\n");
    Path file = folder.resolve("events.parquet");
    house.write("""
        COPY (SELECT * FROM (VALUES
          (1, 'Ann', 12.50::DECIMAL(10,2), DATE '2024-02-29', TIMESTAMP '2024-02-29 10:00:00.123456', true, [1,2], {'a': 'x'}),
          (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL)) AS t(id, name, amount, day, moment, yes, items, parts))
        TO '%s' (FORMAT parquet)""".formatted(file));
    house.load("shop.events", file);
    assertEquals("""
        1 | Ann | 12.5 | 2024-02-29 | 2024-02-29T10:00:00.123456Z | true | [1,2] | {"a":"x"}
        2 | ∅ | ∅ | ∅ | ∅ | ∅ | ∅ | ∅
        """, house.rows("shop.events"));
  }

  @Test
  void aFileThatLacksColumnsIsRefusedByName() {
    house.define(CONTACTS);
    var problem = assertThrows(ProblemException.class,
        () -> house.load("shop.contacts", house.file("a.csv", "ContactId,Mail\n1,x\n"))).problem();
    assertEquals(Problem.Code.INVALID_FILE, problem.code());
    assertEquals("a.csv does not have the columns of shop.contacts: Email, Date of birth, Points are missing; "
        + "found ContactId, Mail", problem.message());
  }

  @Test
  void filesThatAreNoTablesAreRefused() {
    house.define("name: people\nkey: id\n");
    assertProblem("empty.csv is empty: it has not even a header", house.file("empty.csv", ""));
    assertProblem("blank.csv holds nothing but blank lines: it has not even a header", house.file("blank.csv", "\n\n"));
    assertProblem("x.csv is not the text of a table: it is a ZIP or Excel file",
        house.file("x.csv", "PK\u0003\u0004xx"));
    assertProblem("x.gz is not the text of a table: it is a PDF file", house.file("x.gz", "%PDF-1.4"));
    byte[] rubbish = new byte[5_000];
    new java.util.Random(7).nextBytes(rubbish);
    rubbish[0] = 'a';
    assertEquals(Problem.Code.INVALID_FILE, assertThrows(ProblemException.class,
        () -> house.load("shop.people", house.file("rubbish.csv", rubbish))).problem().code());
    assertProblem("array.jsonl is a JSON array but must have one object on each line",
        house.file("array.jsonl", "[{\"id\":1}]"));
    assertProblem("cut.parquet cannot be read as Parquet: it is damaged or cut short",
        house.file("cut.parquet", "PAR1 and then nothing"));
    assertEquals(Problem.Code.NOT_FOUND, assertThrows(ProblemException.class,
        () -> house.load("shop.people", folder.resolve("missing.csv"))).problem().code());
    assertEquals(Problem.Code.NOT_FOUND, assertThrows(ProblemException.class,
        () -> house.load("shop.nobody", house.file("y.csv", "id\n1\n"))).problem().code());
  }

  @Test
  void aHeaderAloneIsATableWithoutRows() {
    house.define("name: people\nkey: id\n");
    house.load("shop.people", house.file("1.csv", "id,name\n1,Ann\n"));
    assertEquals(new LoadResult(0, 0, 0, 0, 0, 1, false), house.load("shop.people", house.file("2.csv", "id,name\n")));
  }

  @Test
  void aFileMayBePacked() throws Exception {
    house.define("name: people\nkey: id\n");
    var packed = new java.io.ByteArrayOutputStream();
    try (var out = new java.util.zip.GZIPOutputStream(packed)) {
      out.write("id,name\n1,Ann\n".getBytes(StandardCharsets.UTF_8));
    }
    house.load("shop.people", house.file("people.csv.gz", packed.toByteArray()));
    assertEquals("1 | Ann\n", house.rows("shop.people"));
    byte[] cut = java.util.Arrays.copyOf(packed.toByteArray(), packed.size() - 9);
    assertEquals(Problem.Code.INVALID_FILE, assertThrows(ProblemException.class,
        () -> house.load("shop.people", house.file("cut.csv.gz", cut))).problem().code());
  }

  @Test
  void wrongDefinitionsAreToldAtOnce() {
    var problem = assertThrows(ProblemException.class, () -> house.define("""
        name: contacts
        key: nothing
        csv: { encoding: klingon }
        columns:
          - { name: a, format: "dd/MM/yyyy" }
          - { name: A, type: date, format: "DD/MM" }
          - { name: b, type: timestamp, zone: Mars/Olympus }
        """)).problem();
    String all = problem.message() + problem.details();
    for (String part : List.of("tables[0].csv.encoding was 'klingon'", "tables[0].columns[0].format was 'dd/MM/yyyy'",
        "tables[0].columns[1].name was 'A'", "tables[0].columns[1].format was 'DD/MM'",
        "tables[0].columns[2].zone was 'Mars/Olympus'", "tables[0].key was 'nothing'")) {
      assertTrue(all.contains(part), () -> part + " is not in " + all);
    }
  }

  private void assertProblem(String message, Path file) {
    var problem = assertThrows(ProblemException.class, () -> house.load("shop.people", file)).problem();
    assertEquals(Problem.Code.INVALID_FILE, problem.code());
    assertEquals(message, problem.message());
  }
}
