package portrait.doors.odata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;
import portrait.foundation.security.Role;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class FeedTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir
  Path home;
  private SampleFeed feed;

  @BeforeEach
  void open() throws IOException {
    feed = SampleFeed.in(home);
  }

  @AfterEach
  void close() {
    feed.close();
  }

  @Test
  void theServiceListsEverySet() {
    assertEquals(List.of("Customer", "UnifiedActivity", "Customer_Measure", "Segment", "SegmentMembership",
        "Measure_revenue_by_month", "Account", "AccountContact", "ConflationMatchPairs",
        "Deduplication_shop_contacts", "Deduplication_shop_loyalty"), feed.values("", "name"));
    for (String set : feed.values("", "name")) {
      assertTrue(feed.get(set + "?$top=1&$count=true").has("@odata.count"), set);
    }
  }

  @Test
  void theDescriptionNamesWhatTheSetsHaveInBothForms() throws Exception {
    String text = feed.ask("$metadata").body();
    var xml = DocumentBuilderFactory.newNSInstance().newDocumentBuilder()
        .parse(new InputSource(new StringReader(text)));
    var json = feed.get("$metadata?$format=json").path("Portrait");
    var types = xml.getElementsByTagNameNS("*", "EntityType");
    assertEquals(11, types.getLength());
    for (int place = 0; place < types.getLength(); place++) {
      var type = (org.w3c.dom.Element) types.item(place);
      var described = json.path(type.getAttribute("Name"));
      assertEquals("EntityType", described.path("$Kind").asString());
      var names = new ArrayList<String>();
      for (String kind : List.of("Property", "NavigationProperty")) {
        var properties = type.getElementsByTagNameNS("*", kind);
        for (int i = 0; i < properties.getLength(); i++) {
          names.add(((org.w3c.dom.Element) properties.item(i)).getAttribute("Name"));
        }
      }
      assertEquals(names, described.propertyNames().stream().filter(name -> !name.startsWith("$")).toList());
    }
    assertEquals("Edm.Date", json.path("Customer").path("born").path("$Type").asString());
    assertEquals("Edm.Int64", json.path("Customer").path("points").path("$Type").asString());
    assertTrue(text.contains("PropertyPath=\"shop_contacts_id\""), text);
  }

  @Test
  void comparisonsFollowTheLanguageWhereAValueIsMissing() {
    assertEquals(List.of("Ann"), found("city eq 'Lyon'"));
    assertEquals(List.of("null", "Bob", "Cid O'Neil"), found("city ne 'Lyon'"));
    assertEquals(List.of("null", "Bob", "Cid O'Neil"), found("not (city eq 'Lyon')"));
    assertEquals(List.of("null", "Cid O'Neil"), found("city eq null"));
    assertEquals(List.of("Ann", "Bob"), found("city ne null"));
    assertEquals(List.of("Ann"), found("points gt 5"));
    assertEquals(List.of("null", "Bob", "Cid O'Neil"), found("not (points gt 5)"));
    assertEquals(List.of("null", "Cid O'Neil", "Ann"), found("city in ('Lyon',null)&$orderby=city,name"));
    assertEquals(List.of("Bob"), found("not (city in ('Lyon',null))"));
    assertEquals(List.of("Bob"), found("born lt 1990-01-01"));
    assertEquals(List.of("Bob"), found("year(born) eq 1985 and month(born) eq 1"));
    assertEquals(List.of("Cid O'Neil"), found("contains(name,'O''Neil')"));
    assertEquals(List.of("Ann"), found("startswith(tolower(name),'a') and endswith(email,'.com')"));
    assertEquals(List.of("Ann"), found("length(name) add 1 eq 4 and name gt 'Amy' and name lt 'Az'"));
    assertEquals(List.of("null", "Ann", "Bob", "Cid O'Neil"), found("Known eq true or Known eq false"));
    assertEquals(List.of("null"), found("city eq name"));
    assertEquals(List.of("null", "Cid O'Neil"), found("city eq shop_loyalty_card or city eq null&$orderby=name"));
  }

  private List<String> found(String filter) {
    return feed.names("Customer?$filter=%s%s".formatted(filter, filter.contains("$orderby") ? "" : "&$orderby=name"));
  }

  @Test
  void anyAndAllLookIntoLists() {
    feed.portrait().collect("/v1/batch", """
        {"batch": [
          {"type": "identify", "messageId": "l1", "userId": "l1", "traits": {"name": "Dora", "interests": ["golf", "tennis"]}},
          {"type": "identify", "messageId": "l2", "userId": "l2", "traits": {"name": "Emil", "interests": ["golf"]}},
          {"type": "identify", "messageId": "l3", "userId": "l3", "traits": {"name": "Fay", "interests": "chess"}},
          {"type": "identify", "messageId": "l4", "userId": "l4", "traits": {"name": "Gil", "interests": []}}]}""");
    feed.portrait().refresh();
    String these = "CustomerId in (%s) and ".formatted(String.join(",",
        feed.values("Customer?$filter=name in ('Dora','Emil','Fay','Gil')", "CustomerId").stream()
            .map("'%s'"::formatted).toList()));
    for (String way : List.of("name in ('Dora','Emil','Fay','Gil') and ", these)) {
      assertEquals(List.of("Dora"), found(way + "interests/any(i: i eq 'tennis')"));
      assertEquals(List.of("Dora", "Emil"), found(way + "interests/any(i: i in ('golf','chess') and contains(i,'o'))"));
      assertEquals(List.of("Emil", "Gil"), found(way + "interests/all(i: i eq 'golf')"));
      assertEquals(List.of("Emil", "Fay", "Gil"), found(way + "not interests/any(i: i eq 'tennis')"));
      assertEquals(List.of("Dora", "Emil", "Fay"), found(way + "interests/any()"));
    }
    assertEquals(List.of("Dora", "Emil"), found("contains(interests,'golf')"),
        "as a whole it is the text that is shown");
    assertTrue(feed.refused("Customer?$filter=interests/any(i: name eq 'Dora')").path("message").asString()
        .contains("not about the items of the list"));
  }

  @Test
  void bothWaysToEvaluateAgree() {
    var everybody = String.join(",", feed.values("Customer", "CustomerId").stream().map("'%s'"::formatted).toList());
    for (String filter : List.of("city eq 'Lyon'", "not (city eq 'Lyon')", "points ge 5", "not (points ge 6)",
        "city in ('Lyon',null)", "contains(name,'n')", "not contains(name,'n')", "born gt 1986-01-01", "name ne email",
        "UnifiedActivity/any()", "UnifiedActivity/any(a: a/ActivityName eq 'Order Completed')",
        "UnifiedActivity/all(a: a/ActivityTimestamp gt 2026-11-02T00:00:00Z)", "Customer_Measure/revenue gt 5",
        "not (Customer_Measure/revenue gt 5)", "IsMemberOfSegment('buyers')", "not IsMemberOfSegment('buyers')",
        "SegmentMembership/any(s: s/Segment eq 'buyers')", "AccountContact/any(a: a/Account/name eq 'Acme')",
        "Measure_revenue_by_month/any(m: m/revenue gt 19 and m/month eq 2026-11-01)", "true", "not true")) {
      var scanned = feed.names("Customer?$filter=%s&$orderby=name".formatted(filter));
      var named = feed.names("Customer?$filter=(%s) and CustomerId in (%s)&$orderby=name".formatted(filter, everybody));
      assertEquals(scanned, named, filter);
    }
  }

  @Test
  void rowsAreTheSameFromBothStores() {
    for (String set : List.of("Customer", "UnifiedActivity", "Customer_Measure", "Measure_revenue_by_month")) {
      for (var row : feed.get(set).path("value")) {
        var key = set.equals("UnifiedActivity") ? " and ActivityId eq '%s'".formatted(row.path("ActivityId").asString())
            : "";
        var named = feed.get("%s?$filter=CustomerId eq '%s'%s".formatted(set, row.path("CustomerId").asString(), key));
        assertEquals(row, named.path("value").get(0), set);
      }
    }
  }

  @Test
  void pagesGoOnWhereTheLastOneEndedWhateverComesInBetween() {
    feed.portrait().collect("/v1/batch", """
        {"batch": [%s]}""".formatted(String.join(",", java.util.stream.IntStream.range(0, 40).mapToObj(number -> """
        {"type": "identify", "messageId": "p%d", "userId": "p%d", "traits": {"name": "P%02d", "city": "%s"}}"""
        .formatted(number, number, number, number % 3 == 0 ? "Lyon" : "Paris")).toList())));
    feed.portrait().refresh();
    for (String query : List.of("Customer?$orderby=city desc,name", "Customer?$orderby=points,born desc",
        "Customer?$filter=city ne 'Lyon'", "Customer?$top=30&$orderby=LastSeen", "SegmentMembership", "Segment",
        "UnifiedActivity?$orderby=ActivityTimestamp desc", "Customer?$filter=IsMemberOfSegment('buyers')",
        "Customer?$skip=5&$orderby=name desc", "Customer?$search=p&$skip=3",
        "Customer?$apply=groupby((city),aggregate($count as n))")) {
      var whole = feed.get(query).path("value").valueStream().toList();
      var paged = new ArrayList<JsonNode>();
      String next = "/odata/v4/" + SampleFeed.encoded(query);
      int pages = 0;
      while (!next.isEmpty()) {
        var page = page(next, 7);
        page.path("value").forEach(paged::add);
        assertTrue(page.path("value").size() <= 7);
        next = page.path("@odata.nextLink").asString("");
        pages++;
      }
      assertEquals(whole, paged, query);
      assertTrue(whole.size() <= 7 || pages > 1, query);
    }
    var first = page("/odata/v4/Customer?$orderby=name%20desc", 7);
    var seen = new ArrayList<>(names(first));
    feed.portrait().collect("/v1/identify", """
        {"userId": "z9", "messageId": "z9", "traits": {"name": "Zoe"}}""");
    feed.portrait().refresh();
    seen.addAll(names(page(first.path("@odata.nextLink").asString(), 100)));
    assertFalse(seen.contains("Zoe"));
    assertEquals(44, seen.size());
  }

  private static List<String> names(JsonNode page) {
    return page.path("value").valueStream().map(row -> row.path("name").asString("null")).toList();
  }

  private JsonNode page(String target, int size) {
    return JSON.readTree(sent(target, feed.portrait().parts().server().key().reveal(), "Bearer ", "Prefer",
        "odata.maxpagesize=" + size).body());
  }

  private java.net.http.HttpResponse<String> sent(String target, String key, String scheme, String... headers) {
    try (var client = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(feed.portrait().parts().server().url().resolve(URI.create(target)));
      if (!key.isEmpty()) {
        request.header("Authorization", scheme + (scheme.equals("Basic ")
            ? Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8))
            : key));
      }
      if (headers.length > 0) {
        request.headers(headers);
      }
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException | InterruptedException failure) {
      throw new AssertionError(failure);
    }
  }

  @Test
  void aLiveChangeIsVisibleAtOnce() {
    feed.portrait().collect("/v1/identify", """
        {"userId": "u1", "messageId": "i1", "traits": {"city": "Nantes"}}""");
    feed.portrait().collect("/v1/track", """
        {"userId": "u1", "messageId": "t1", "event": "Product Viewed"}""");
    assertEquals("Nantes", feed.get("Customer('%s')".formatted(feed.ann())).path("city").asString());
    assertEquals(1, feed.get("Customer('%s')/Customer_Measure".formatted(feed.ann())).path("views").asInt());
    assertEquals(List.of("Ann"), feed.names("Customer?$filter=IsMemberOfSegment('lookers') and city eq 'Nantes'"));
    assertEquals(List.of("Ann"), feed.names("Customer?$search=nantes"));
    assertEquals("1", feed.ask("Customer/$count?$filter=IsMemberOfSegment('lookers')").body());
    assertEquals(List.of(feed.ann()), feed.values("SegmentMembership?$filter=Segment eq 'lookers'", "CustomerId"));
    assertEquals(1, feed.get("Segment('lookers')").path("Members").asInt());
  }

  @Test
  void oneEntityIsReadByAnyKeyAndFurther() {
    assertEquals("Ann", feed.get("Customer(shop_contacts_id='4')").path("name").asString());
    assertEquals("Ann", feed.get("Customer(user_id='u1')").path("name").asString());
    assertEquals("Ann", feed.get("Customer/%s".formatted(feed.ann())).path("name").asString());
    assertEquals("Ann", feed.get("Customer('%s')/name".formatted(feed.ann())).path("value").asString());
    assertEquals("Ann", feed.ask("Customer('%s')/name/$value".formatted(feed.ann())).body());
    assertEquals(204, feed.ask("Customer(shop_contacts_id='3')/city").statusCode());
    assertEquals("2", feed.ask("Customer('%s')/UnifiedActivity/$count".formatted(feed.ann())).body());
    assertEquals("12.5", JSON.readTree(feed.get("UnifiedActivity('shop.orders|o1')").path("Properties").asString())
        .path("amount").asString());
    assertEquals("Ann", feed.get("UnifiedActivity('shop.orders|o1')/Customer").path("name").asString());
    assertEquals(2, feed.get("Account('%s')/AccountContact".formatted(
        feed.values("Account?$filter=name eq 'Acme'", "AccountId").getFirst())).path("value").size());
    assertEquals(404, feed.ask("Customer('nobody')").statusCode());
    assertEquals(404, feed.ask("Customer(email='nobody@example.com')").statusCode());
    assertEquals("not_found", feed.refused("Customer('nobody')").path("code").asString());
  }

  @Test
  void expansionsHaveOptionsOfTheirOwn() {
    var ann = feed.get(
        "Customer('%s')?$select=name&$expand=UnifiedActivity($filter=ActivityTime ge 2026-11-02T00:00:00Z;$select=ActivityId;$orderby=ActivityTime desc;$count=true;$expand=Customer($select=name)),Measure_revenue_by_month"
            .formatted(feed.ann()));
    assertEquals(1, ann.path("UnifiedActivity@odata.count").asInt());
    assertEquals("""
        [{"ActivityId":"shop.orders|o2","Customer":{"name":"Ann"}}]""", ann.path("UnifiedActivity").toString());
    assertEquals(20.0, ann.path("Measure_revenue_by_month").get(0).path("revenue").asDouble());
    var top = feed.get("Customer?$filter=name eq 'Ann'&$expand=UnifiedActivity($top=1;$orderby=ActivityTime)")
        .path("value").get(0);
    assertEquals("shop.orders|o1", top.path("UnifiedActivity").get(0).path("ActivityId").asString());
    assertEquals(1, top.path("UnifiedActivity").size());
  }

  @Test
  void rowsAreGroupedAndCounted() {
    var cities = feed.get(
        "Customer?$apply=filter(Known eq true)/groupby((city),aggregate($count as customers,points with sum as points))&$filter=customers ge 1&$orderby=customers desc,city");
    assertEquals(List.of("null 2 5.0", "Lyon 1 10.0", "Paris 1 null"), cities.path("value").valueStream().map(
        row -> "%s %s %s".formatted(row.path("city").asString("null"), row.path("customers").asString(),
            row.path("points").isNull() ? "null" : row.path("points").asString()))
        .toList());
    assertEquals(20.0, feed.get("Customer_Measure?$apply=aggregate(revenue with max as most)").path("value").get(0)
        .path("most").asDouble());
  }

  @Test
  void amountsOfDetailAndWideNumbersAreAsTheCallerAsks() {
    String ann = "Customer?$filter=name%20eq%20'Ann'";
    String key = feed.portrait().parts().server().key().reveal();
    var none = sent("/odata/v4/" + ann, key, "Bearer ", "Accept", "application/json;odata.metadata=none").body();
    assertFalse(none.contains("@odata.context"), none);
    var full = JSON.readTree(sent("/odata/v4/" + ann, key, "Bearer ", "Accept",
        "application/json;odata.metadata=full;IEEE754Compatible=true").body()).path("value").get(0);
    assertEquals("#Portrait.Customer", full.path("@odata.type").asString());
    assertEquals("\"10\"", full.path("points").toString());
    assertEquals("#Int64", full.path("points@odata.type").asString());
    assertEquals(full.path("@odata.id").asString() + "/UnifiedActivity",
        full.path("UnifiedActivity@odata.navigationLink").asString());
    assertEquals(200, sent(full.path("@odata.id").asString(), key, "Bearer ").statusCode());
    assertEquals("4.0", sent("/odata/v4/", key, "Bearer ", "OData-MaxVersion", "4.0").headers()
        .firstValue("OData-Version").orElse(""));
    assertEquals("4.01", sent("/odata/v4/", key, "Bearer ").headers().firstValue("OData-Version").orElse(""));
  }

  @Test
  void mistakesAreSaidWithTheirPlaceAndWhatWasMeant() {
    assertEquals("$filter, character 1: Customer has no property 'ctiy'; did you mean 'city'?",
        message("Customer?$filter=ctiy eq 'Lyon'"));
    assertEquals("$filter", feed.refused("Customer?$filter=ctiy eq 'Lyon'").path("target").asString());
    assertEquals("$filter, character 11: points is a number and cannot be compared with a text",
        message("Customer?$filter=points eq '5'"));
    assertEquals("$filter, character 18: it ends where a name or a value was expected",
        message("Customer?$filter=city eq 'Lyon' or"));
    assertEquals("$orderby, character 1: Customer has no property 'nmae'; did you mean 'name'?",
        message("Customer?$orderby=nmae desc"));
    assertEquals("$flter: there is no such option here; did you mean '$filter'?", message("Customer?$flter=x"));
    assertEquals("there is no set 'Custmer'; did you mean 'Customer'?", message("Custmer"));
    assertTrue(message("Customer?$filter=name gt").contains("character 8"), message("Customer?$filter=name gt"));
    assertTrue(message("Customer?$filter=contains(name)").contains("needs two texts"));
    assertTrue(message("Customer?$filter=substringof('a',name)").contains("no function 'substringof'"));
    assertTrue(message("Customer?$top=-1").contains("$top"));
    assertTrue(message("Customer?$skiptoken=zzz").contains("$skiptoken"));
    assertTrue(message("Customer?$filter=" + "(".repeat(2_500)).contains("nested"));
    assertTrue(message("Customer?$expand=Orders").contains("leads to no 'Orders'"));
    assertTrue(message("SegmentMembership?$filter=Segment eq 'x' and Since gt 5").contains("cannot be compared"));
  }

  private String message(String query) {
    var error = feed.refused(query);
    String hint = error.path("innererror").path("hint").asString("");
    String message = error.path("message").asString();
    return message.replace(hint, "").strip().replaceFirst("\\.$", "");
  }

  @Test
  void severalRequestsTravelTogether() {
    var answer = feed.portrait().exchange("POST", "/odata/v4/$batch", """
        {"requests": [{"id": "1", "method": "GET", "url": "Customer/$count"},
          {"id": "2", "method": "GET", "url": "Custmer"}, {"id": "3", "method": "DELETE", "url": "Customer('1')"},
          {"id": "4", "method": "get", "url": "/odata/v4/Customer?$filter=name%20eq%20'Ann'"}]}""");
    var responses = JSON.readTree(answer.body()).path("responses");
    assertEquals(List.of(200, 404, 400, 200),
        responses.valueStream().map(response -> response.path("status").asInt()).toList());
    assertEquals("Ann", responses.get(3).path("body").path("value").get(0).path("name").asString());
    var parts = sentBody("multipart/mixed; boundary=b1", """
        --b1
        Content-Type: application/http

        GET Customer/$count HTTP/1.1
        Accept: text/plain

        --b1
        Content-Type: application/http

        GET Segment('none') HTTP/1.1

        --b1--
        """.replace("\n", "\r\n"));
    assertTrue(parts.contains("HTTP/1.1 200 OK"), parts);
    assertTrue(parts.contains("HTTP/1.1 404"), parts);
    assertEquals(200,
        feed.portrait().exchange("POST", "/odata/v4/Customer/$query", "$filter=name eq 'Ann'").statusCode());
  }

  private String sentBody(String contentType, String body) {
    try (var client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(feed.portrait().parts().server().url().resolve("/odata/v4/$batch"))
          .header("Authorization", "Bearer " + feed.portrait().parts().server().key().reveal())
          .header("Content-Type", contentType).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
          BodyHandlers.ofString()).body();
    } catch (IOException | InterruptedException failure) {
      throw new AssertionError(failure);
    }
  }

  @Test
  void aKeyIsNeededAndMayComeAsAPassword() {
    var viewer = feed.portrait().parts().security().createKey(Role.VIEWER, "excel").key().reveal();
    var collector = feed.portrait().parts().security().createKey(Role.COLLECT, "shop").key().reveal();
    assertEquals(200, sent("/odata/v4/Customer", "excel:" + viewer, "Basic ").statusCode());
    assertEquals(200, sent("/odata/v4/Customer", viewer, "Bearer ").statusCode());
    assertEquals(403, sent("/odata/v4/Customer", collector, "Bearer ").statusCode());
    var refused = sent("/odata/v4/Customer", "", "");
    assertEquals(401, refused.statusCode());
    assertTrue(refused.headers().firstValue("WWW-Authenticate").orElse("").startsWith("Basic"));
    assertEquals("not_signed_in", JSON.readTree(refused.body()).path("error").path("code").asString());
    assertNotEquals(200, sent("/api/v1/segments", "excel:" + viewer, "Basic ").statusCode());
  }

  @Test
  void aFeedWithoutAnyDataAnswers() throws IOException {
    try (var empty = portrait.TestPortrait.in(Files.createDirectory(home.resolve("empty")))) {
      for (String query : List.of("", "$metadata", "Customer", "Customer?$count=true&$orderby=LastSeen", "Segment",
          "UnifiedActivity?$filter=ActivityName%20eq%20'x'", "SegmentMembership", "Customer_Measure/$count",
          "Customer?$filter=UnifiedActivity/any()")) {
        assertEquals(200, empty.exchange("GET", "/odata/v4/" + query, "").statusCode(), query);
      }
    }
  }
}
