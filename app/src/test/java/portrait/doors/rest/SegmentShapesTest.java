package portrait.doors.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.foundation.warehouse.Sql;

/// Every shape of segment, by its name: who is in it live, and the same after a refresh.
class SegmentShapesTest {

  private TestPortrait portrait;

  @BeforeEach
  void open(@TempDir Path home) {
    portrait = TestPortrait.in(home);
    portrait.collect("/v1/batch",
        """
        {"batch": [
          {"type": "identify", "messageId": "i1", "userId": "anna", "traits": {"city": "Lyon", "email": "anna@example.com"}},
          {"type": "identify", "messageId": "i2", "userId": "ben", "traits": {"city": "Paris"}},
          {"type": "identify", "messageId": "i3", "userId": "carl", "traits": {"city": "Lyon"}},
          {"type": "track", "messageId": "1", "userId": "anna", "event": "Viewed", "timestamp": "2026-11-20T10:00:00Z", "properties": {"category": "boots", "price": 80}},
          {"type": "track", "messageId": "2", "userId": "anna", "event": "Bought", "timestamp": "2026-11-20T10:30:00Z", "properties": {"amount": 80}},
          {"type": "track", "messageId": "3", "userId": "anna", "event": "Viewed", "timestamp": "2026-11-21T10:00:00Z", "properties": {"category": "hats", "price": 20}},
          {"type": "track", "messageId": "4", "userId": "ben", "event": "Viewed", "timestamp": "2026-11-20T10:00:00Z", "properties": {"category": "boots", "price": 90}},
          {"type": "track", "messageId": "5", "userId": "ben", "event": "Returned", "timestamp": "2026-11-20T10:10:00Z"},
          {"type": "track", "messageId": "6", "userId": "ben", "event": "Bought", "timestamp": "2026-11-20T10:20:00Z", "properties": {"amount": 10}}]}""");
    portrait.refresh();
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  @Test
  void setOperatorsUnionIntersectExcept() {
    define("lyon", "\"city = 'Lyon'\"");
    define("buyers", "{ event: Bought }");
    assertMembers("anna ben carl", "{ any: [ { segment: lyon }, { segment: buyers } ] }");
    assertMembers("anna", "{ all: [ { segment: lyon }, { segment: buyers } ] }");
    assertMembers("carl", "{ all: [ { segment: lyon }, { not: { segment: buyers } } ] }");
  }

  @Test
  void allAnyNotNestFreely() {
    assertMembers("carl",
        "{ all: [ { any: [ { attribute: { city: Lyon } }, { not: { any: [ { event: Bought } ] } } ] }, { not: { event: Viewed } } ] }");
  }

  @Test
  void sequenceWithinTimeWithoutAnother() {
    assertMembers("anna", "{ sequence: [ { event: Viewed }, { event: Bought, within: 1h } ], without: Returned }");
    assertMembers("anna ben", "{ sequence: [ { event: Viewed }, { event: Bought, within: 1h } ] }");
    assertMembers("ben", "{ sequence: [ Viewed, { event: Bought, within: 25m } ] }");
  }

  @Test
  void firstLastSumDistinctNotDone() {
    assertMembers("anna ben", "\"first(category of 'Viewed') = 'boots'\"");
    assertMembers("anna", "\"last(category of 'Viewed') = 'hats'\"");
    assertMembers("anna", "{ event: Bought, sum: { of: amount, more_than: 50 } }");
    assertMembers("anna", "{ event: Viewed, count_distinct: { of: category, at_least: 2 } }");
    assertMembers("carl", "{ not: { event: Viewed } }");
    assertMembers("anna", "\"arg_min(category by price of 'Viewed') = 'hats'\"");
  }

  @Test
  void windowsRelativeAbsoluteAndSinceAnEvent() {
    assertMembers("anna", "{ event: Viewed, within: 36h }");
    assertMembers("anna ben", "{ event: Viewed, from: 2026-11-20, to: 2026-11-21 }");
    assertMembers("anna", "{ event: Viewed, since: Bought }");
    assertMembers("ben", "\"count('Viewed' since 'Bought') = 0 and count('Bought') > 0\"");
  }

  @Test
  void aListIsKeptByHandAndByMergesOfCustomers() {
    portrait.apply("kind: Segment\nname: vip\nspec: { static: true, title: By hand }");
    assertEquals("{\"changed\":2,\"unchanged\":0,\"unknown\":1}", portrait.exchange("POST",
        "/api/v1/segments/vip/members", "{\"namespace\": \"user_id\", \"values\": [\"anna\", \"carl\", \"nobody\"]}")
        .body());
    define("vip-lyon", "{ all: [ { segment: vip }, { attribute: { city: Lyon } } ] }");
    assertEquals("anna carl", members("vip"));
    portrait.refresh();
    assertEquals("anna carl", members("vip-lyon"));
    assertEquals("put on the list",
        portrait.get("/api/v1/segments/vip/history").path("changes").get(0).path("why").asString());

    portrait.collect("/v1/track", "{\"messageId\": \"m\", \"anonymousId\": \"visitor\", \"event\": \"Seen\"}");
    portrait.exchange("POST", "/api/v1/segments/vip/members",
        "{\"namespace\": \"anonymous_id\", \"values\": [\"visitor\"]}");
    portrait.collect("/v1/identify", "{\"messageId\": \"m2\", \"anonymousId\": \"visitor\", \"userId\": \"ben\"}");
    assertEquals("anna ben carl", members("vip"));
    portrait.exchange("POST", "/api/v1/segments/vip/members",
        "{\"namespace\": \"user_id\", \"values\": [\"anna\"], \"remove\": true}");
    assertEquals(false, members("vip").contains("anna"));
    assertEquals(409, portrait.exchange("POST", "/api/v1/segments/vip-lyon/members",
        "{\"namespace\": \"user_id\", \"values\": [\"anna\"]}").statusCode());
  }

  @Test
  void aSnapshotStaysWhenTheSegmentMovesOn() {
    define("recent", "{ event: Viewed, within: 36h }");
    portrait.refresh();
    assertEquals("anna", members("recent"));
    assertEquals(200, portrait.exchange("POST", "/api/v1/segments/recent/snapshot", "{\"name\": \"then\"}")
        .statusCode());
    portrait.pass(Duration.ofDays(3));
    assertEquals("", members("recent"));
    assertEquals("anna", members("then"));
  }

  @Test
  void projectedAttributesAreTheSameLiveAndInTheWarehouse() {
    portrait.apply("""
        kind: Measure
        name: spent
        spec: { aggregate: sum, of: amount, event: Bought, default: 0 }
        ---
        kind: Segment
        name: buyers
        spec:
          where: { event: Bought }
          project: { city: city, spent: spent, favourite: "last(category of 'Viewed')" }
        """);
    portrait.refresh();
    var live = new TreeSet<String>();
    portrait.get("/api/v1/segments/buyers/members").path("members").forEach(member -> live.add(
        member.path("columns").path("city").asString() + "," + member.path("columns").path("spent").asString() + ","
            + member.path("columns").path("favourite").asString()));
    assertEquals("[Lyon,80,hats, Paris,10,boots]", live.toString());
    var lines = portrait.exchange("GET", "/segments/buyers.csv", "").body().lines().toList();
    assertEquals("CustomerId,city,spent,favourite", lines.getFirst());
    assertEquals(live, new TreeSet<>(lines.stream().skip(1).map(line -> line.substring(37)).toList()));
  }

  @Test
  void exitsByTimeHappenByThemselves() {
    define("recent", "{ event: Viewed, within: 36h }");
    portrait.refresh();
    assertEquals("anna", members("recent"));
    portrait.passUnnoticed(Duration.ofDays(1));
    // The ticker looks every other second; the test waits for it, and gives up after a minute.
    for (int i = 0; i < 600 && !members("recent").isEmpty(); i++) {
      LockSupport.parkNanos(100_000_000);
    }
    assertEquals("", members("recent"));
    var left = portrait.get("/api/v1/segments/recent/history").path("changes").get(0);
    assertEquals(false, left.path("entered").asBoolean());
    assertEquals(1, left.path("version").asInt());
  }

  @Test
  void whatIsUsedCannotGoAndSaysWhoUsesIt() {
    define("lyon", "\"city = 'Lyon'\"");
    define("lyon-buyers", "{ all: [ { segment: lyon }, { event: Bought } ] }");
    define("others", "{ not: { segment: lyon-buyers } }");
    var refused = portrait.exchange("DELETE", "/api/v1/definitions/Segment/lyon", "");
    assertEquals(409, refused.statusCode());
    assertTrue(refused.body().contains("Segment/lyon-buyers"), refused.body());
    assertEquals("{\"direct\":[\"Segment/lyon-buyers\"],\"further\":[\"Segment/others\"]}",
        portrait.get("/api/v1/definitions/Segment/lyon/dependants").toString());
  }

  @Test
  void threeSegmentsAndWhatTheyHaveInCommon() {
    define("lyon", "\"city = 'Lyon'\"");
    define("buyers", "{ event: Bought }");
    define("viewers", "{ event: Viewed }");
    portrait.refresh();
    var overlap = portrait.get("/api/v1/segments/lyon/overlap?with=buyers,viewers");
    assertEquals(1, overlap.path("all").asInt());
    assertEquals("""
        [{"customers":1,"in":["lyon"]},{"customers":1,"in":["buyers","viewers"]},\
        {"customers":1,"in":["lyon","buyers","viewers"]}]""", overlap.path("parts").toString());
    assertEquals(400, portrait.exchange("GET", "/api/v1/segments/lyon/overlap?with=lyon", "").statusCode());
  }

  @Test
  void aQuickSegmentIsOneComparison() {
    assertEquals("Lyon", portrait.get("/api/v1/segments/values?field=city").path("frequent").get(0).path("value")
        .asString());
    var page = portrait.exchange("GET", "/segments/quick?field=city&is=equals&value=Lyon", "");
    assertEquals("/segments/new?rule=attribute.%22city%22+%3D+%27Lyon%27",
        page.headers().firstValue("Location").orElseThrow());
    var recency = portrait.exchange("GET", "/segments/quick?field=event:Viewed&is=not_within&value=30", "");
    assertEquals("/segments/new?rule=count%28%27Viewed%27+within+30d%29+%3D+0",
        recency.headers().firstValue("Location").orElseThrow());
    assertTrue(portrait.exchange("GET", "/segments/quick?field=city", "").body().contains("Paris"));
  }

  @Test
  void whatTheListOfCustomersShowsBecomesASegment() {
    var made = portrait.exchange("GET", "/segments/of-filters?kind=known&q=Ly", "");
    assertEquals("/segments/new?rule=Known+%3D+true+and+%28attribute.%22city%22+contains+%27Ly%27+ignore+case+or+"
        + "attribute.%22email%22+contains+%27Ly%27+ignore+case%29",
        made.headers().firstValue("Location").orElseThrow());
  }

  @Test
  void theBuilderOffersItemsOfLists() {
    assertFalse(portrait.exchange("GET", "/segments/new", "").body().contains("any("), "nobody has a list");
    portrait.collect("/v1/batch", """
        {"batch": [
          {"type": "identify", "userId": "anna", "traits": {"interests": ["it's golf", "tennis"], "sizes": [40, 41]}},
          {"type": "identify", "userId": "ben", "traits": {"interests": ["it's golf"]}}]}""");
    portrait.refresh();
    var offered = portrait.exchange("GET", "/segments/new", "").body();
    assertTrue(offered.contains("data-insert=\"any(interests) = &#39;it&#39;&#39;s golf&#39;\""), offered);
    assertTrue(offered.contains("data-insert=\"all(interests) = &#39;it&#39;&#39;s golf&#39;\""));
    assertFalse(offered.contains("any(sizes)"), "a text is no item of it");
    assertMembers("anna ben", "\"any(interests) = 'it''s golf'\"");
    assertMembers("ben", "\"all(interests) = 'it''s golf'\"");
    assertFalse(portrait.exchange("GET", "/segments/quick", "").body().contains("any("));
  }

  private void define(String name, String where) {
    portrait.apply("kind: Segment\nname: %s\nspec: { where: %s }".formatted(name, where));
  }

  /// The same people live, in the estimate, and after a refresh.
  private void assertMembers(String expected, String where) {
    define("tried", where);
    portrait.refresh();
    long estimate = portrait.get("/api/v1/segments/tried/estimate").path("estimate").asLong();
    assertEquals(expected, members("tried"), where);
    assertEquals(expected.split(" ").length, estimate, where);
    assertEquals(expected.split(" ").length, portrait.parts().warehouse().read(session -> session.first(
        Sql.of("SELECT count(*) FROM SegmentMembership WHERE Segment = 'tried'"),
        row -> row.number(1))).orElseThrow());
  }

  private String members(String segment) {
    var names = new ArrayList<String>();
    for (String name : List.of("anna", "ben", "carl")) {
      portrait.get("/api/v1/profiles/user_id/%s/segments".formatted(name)).path("segments").forEach(in -> {
        if (in.path("name").asString().equals(segment)) {
          names.add(name);
        }
      });
    }
    return String.join(" ", names);
  }
}
