package portrait.doors.odata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Filters made by the grammar, and filters broken on purpose: no answer is an error of the server, and both ways to
/// evaluate agree.
class FilterFuzzTest {

  private static final int FILTERS = 250;
  private static final int BROKEN = 400;

  @TempDir
  static Path home;
  private static SampleFeed feed;

  @BeforeAll
  static void open() throws IOException {
    feed = SampleFeed.in(home);
  }

  @AfterAll
  static void close() {
    feed.close();
  }

  /// Draws from the grammar; what is drawn may still mix types, as people do.
  private record Grammar(Random random) {

    private static final List<String> TEXTS = List.of("name", "city", "email", "'Lyon'", "'O''Neil'", "''",
        "tolower(name)", "concat(name,city)", "trim(city)", "toupper('a')", "substring(name,1)", "substring(city,0,2)",
        "substring(name,points)", "null");
    private static final List<String> NUMBERS = List.of("points", "5", "-2.5", "length(name)", "points add 1",
        "points div 0", "points mod 3", "-points", "year(born)", "hour(LastSeen)", "minute(LastSeen)",
        "second(LastSeen)",
        "indexof(city,'o')", "round(points)", "1e300 mul 1e300",
        "null");
    private static final List<String> TIMES = List.of("born", "LastSeen", "1990-05-01", "2026-11-01T00:00:00Z",
        "now()", "now() sub duration'P30D'", "date(LastSeen)", "date(now())", "null");
    private static final List<String> RELATIONS = List.of("eq", "ne", "lt", "le", "gt", "ge");
    private static final List<String> WHOLE = List.of("Known", "true", "false", "IsMemberOfSegment('buyers')",
        "UnifiedActivity/any()", "UnifiedActivity/any(a: a/ActivityType eq 'SalesOrder')",
        "UnifiedActivity/all(a: a/ActivityTime gt 2026-11-01T12:00:00Z)", "Customer_Measure/revenue gt 5",
        "Customer_Measure/views ne 1", "Customer_Measure/revenue eq null",
        "SegmentMembership/any(s: not (s/Segment eq 'buyers'))",
        "shop_contacts_id eq '4'", "shop_contacts_id ne '1'", "shop_contacts_id in ('1','2',null)", "Known eq false",
        "AccountContact/any(c: c/Account/name eq 'Acme' or c/Key eq '1')");

    private String of(List<String> some) {
      return some.get(random.nextInt(some.size()));
    }

    String filter(int depth) {
      return switch (depth == 0 ? random.nextInt(6) : random.nextInt(10)) {
        case 0 -> "%s %s %s".formatted(of(TEXTS), of(RELATIONS), of(TEXTS));
        case 1 -> "%s %s %s".formatted(of(NUMBERS), of(RELATIONS), of(NUMBERS));
        case 2 -> "%s %s %s".formatted(of(TIMES), of(RELATIONS), of(TIMES));
        case 3 -> "%s(%s,'%s')".formatted(of(List.of("contains", "startswith", "endswith")),
            of(List.of("name", "city", "tolower(email)")), of(List.of("n", "A", "", "%", "_", "o''")));
        case 4 -> "%s in (%s,%s)".formatted(of(List.of("city", "name", "tolower(name)")),
            of(List.of("'Lyon'", "'ann'", "null")), of(List.of("'Paris'", "null")));
        case 5 -> of(WHOLE);
        case 6, 7 -> "(%s) and (%s)".formatted(filter(depth - 1), filter(depth - 1));
        case 8 -> "(%s) or (%s)".formatted(filter(depth - 1), filter(depth - 1));
        default -> "not (%s)".formatted(filter(depth - 1));
      };
    }

    String broken() {
      var text = new StringBuilder(filter(3));
      for (int edits = 1 + random.nextInt(4); edits > 0 && !text.isEmpty(); edits--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.deleteCharAt(at);
          case 1 ->
            text.insert(at, of(List.of("(", ")", "'", "\"", ";", "/", ":", ",", " ", "$", "eq", "é", "\u0001", "--")));
          default -> text.setCharAt(at, (char) (32 + random.nextInt(95)));
        }
      }
      return text.toString();
    }
  }

  @Test
  void bothWaysToEvaluateAgreeOnWhateverTheGrammarMakes() {
    long seed = 20_261_122;
    var grammar = new Grammar(new Random(seed));
    var everybody = String.join(",", feed.values("Customer", "CustomerId").stream().map("'%s'"::formatted).toList());
    int answered = 0;
    for (int number = 0; number < FILTERS; number++) {
      String filter = grammar.filter(3);
      String says = "seed %d, filter %d: %s".formatted(seed, number, filter);
      var scanned = answer("Customer?$select=CustomerId&$orderby=CustomerId&$filter=" + filter, says);
      var named = answer("Customer?$select=CustomerId&$orderby=CustomerId&$filter=(%s) and CustomerId in (%s)"
          .formatted(filter, everybody), says);
      if (!scanned.isEmpty() && !named.isEmpty()) {
        assertEquals(scanned, named, says);
        answered++;
      }
    }
    assertTrue(answered > FILTERS / 3, "only %d of %d filters have an answer".formatted(answered, FILTERS));
  }

  @Test
  void brokenFiltersAreRefusedOrAnswered() {
    long seed = 4_711;
    var grammar = new Grammar(new Random(seed));
    for (int number = 0; number < BROKEN; number++) {
      String filter = grammar.broken();
      answer("Customer?$filter=" + filter.replace("&", "%26"),
          "seed %d, filter %d: %s".formatted(seed, number, filter));
    }
  }

  /// The answer, or nothing when it was refused.
  private static String answer(String query, String says) {
    var answer = feed.ask(query.replaceAll("%(?!26)", "%25").replace("+", "%2B"));
    assertTrue(answer.statusCode() == 200 || answer.statusCode() == 400,
        () -> "%s answered %d: %s".formatted(says, answer.statusCode(), answer.body()));
    return answer.statusCode() == 200 ? answer.body().substring(answer.body().indexOf("\"value\"")) : "";
  }

  @ParameterizedTest
  @ValueSource(strings = {"Customer?$filter=name eq '''; DROP TABLE \"Customer\"; --'",
      "Customer?$filter=name eq 'x' OR 1=1", "Customer?$filter=\"name\" eq 'x'", "Customer?$orderby=name; DROP TABLE x",
      "Customer?$orderby=(SELECT 1)", "Customer?$orderby=name\" desc", "Customer?$select=name\",*",
      "Customer?$select=(SELECT 1)", "Customer?$top=1 OR 1=1", "Customer?$skip=1;--",
      "Customer?$apply=groupby((name\"),aggregate($count as n))",
      "Customer?$apply=aggregate($count as n\"; DROP TABLE \"Customer\")",
      "Customer?$apply=aggregate(points with sum(1) as n)", "Customer?$apply=filter(1 eq 1)/groupby((1))",
      "Customer?$search='; DROP TABLE profile; --", "Customer?$expand=UnifiedActivity($filter=1=1)",
      "Customer('''; DROP TABLE \"Customer\"; --')", "Customer(=')", "Customer(email='''--')", "Customer(x\"y='1')",
      "Customer/..%2f..%2fetc%2fpasswd", "Customer('1')/name\"/$value", "Measure_revenue_by_month\"",
      "Customer?$filter=IsMemberOfSegment('x'' OR ''1''=''1')", "Customer?$format=xml", "Customer?$skiptoken=e30",
      "Customer?$skiptoken=W10", "Customer?$skiptoken=WzEsMiwzXQ", "$metadata?$format=<script>",
      "Segment?$filter=Name%00",
      "Customer?$filter=%FF%FE", "Customer?$filter=%25zz", "$all", "$crossjoin(Customer)", "Customer/$ref", "///",
      "Customer?$expand=*($levels=max)", "Customer?$deltatoken=1", "Customer?$compute=1 as x"})
  void nothingWrittenInAnAddressBecomesSql(String query) {
    int before = feed.get("Customer").path("value").size();
    var answer = feed.ask(query);
    assertTrue(answer.statusCode() < 500,
        () -> "%s answered %d: %s".formatted(query, answer.statusCode(), answer.body()));
    assertEquals(before, feed.get("Customer").path("value").size());
    assertTrue(!answer.body().contains("SELECT \"") && !answer.body().contains("org."), answer.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"[-1,0,null,{\"a\":1}]", "[-1,0,null,null]", "[-1,0,null,[]]", "[-1,-5,\"x y\",1,2,3,4]",
      "[-1,0,null,\"5\",\"x\"]", "[2147483648,0,null]", "[-1,0,\"9\",\"x\"]", "[0,0,null,5,\"x\"]"})
  void aForgedPlaceOfAPageIsRefusedOrHarmless(String token) {
    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(token.getBytes(StandardCharsets.UTF_8));
    for (String query : List.of("Customer?$orderby=points", "Customer?$orderby=LastSeen desc", "Customer",
        "Customer?$filter=IsMemberOfSegment('buyers')", "SegmentMembership", "Customer?$search=ann", "Segment",
        "UnifiedActivity?$filter=CustomerId eq '%s'".formatted(feed.ann()))) {
      answer("%s%s$skiptoken=%s".formatted(query, query.contains("?") ? "&" : "?", text), query + " " + token);
    }
  }
}
