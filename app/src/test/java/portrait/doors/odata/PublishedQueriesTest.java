package portrait.doors.odata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Every query that the product we replace publishes as an example, as it is printed there, and what it says cannot be
/// asked.
class PublishedQueriesTest {

  @TempDir
  static Path home;
  private static SampleFeed feed;

  @BeforeAll
  static void open() throws IOException {
    feed = SampleFeed.in(home);
    feed.portrait().collect("/v1/track", """
        {"userId": "u1", "messageId": "m1", "event": "Product Viewed", "timestamp": "2026-11-20T08:00:00Z"}""");
    Files.writeString(home.resolve("brands.csv"), "mail,brand,interest\nann@example.com,Contoso,golf\n");
    feed.portrait().apply("""
        kind: Source
        name: market
        spec:
          tables:
            - { name: brands, path: brands.csv, key: mail, columns: [
                { name: mail, type: string }, { name: brand, type: string }, { name: interest, type: string } ] }
        ---
        kind: Enrichment
        name: brands
        spec:
          provider: table
          settings: { table: market.brands, column: mail }
          inputs: { key: email }
          attributes: { Brand: brand, Interest: interest }
          output: BrandShareOfVoiceFromMicrosoft
          profile: false
        """);
    feed.portrait().refresh();
  }

  @AfterAll
  static void close() {
    feed.close();
  }

  /// One row of the published page: its shape as it is printed, what stands for its placeholders, and what is found.
  private record Row(String shape, String query, String property, List<String> found) {

    static Row of(String shape, String query, String property, String... found) {
      return new Row(shape, query, property, List.of(found));
    }

    @Override
    public String toString() {
      return shape;
    }
  }

  /// CID, CID1 and CID2 stand for customers here, too, ordered where the printed query does not say how.
  static List<Row> rows() {
    String activities = "data/UnifiedActivity?$filter=CustomerId eq 'CID'";
    return List.of(
        Row.of("R/data/Customer?$filter=CustomerId eq 'CID'", "data/Customer?$filter=CustomerId eq 'CID'", "name",
            "Ann"),
        Row.of("R/data/Customer?$filter=K eq 'AK'", "data/Customer?$filter=shop_contacts_id eq '4'", "name", "Ann"),
        Row.of("R/data/Customer?$select=CustomerId,FullName&$filter=customerid eq '1'",
            "data/Customer?$select=CustomerId,name&$filter=customerid eq 'CID'", "name", "Ann"),
        Row.of("R/data/Customer?$filter=CustomerId in ('CID1','CID2')",
            "data/Customer?$filter=CustomerId in ('CID1','CID2')&$orderby=name", "name", "Ann", "Bob"),
        Row.of("R/data/Customer?$filter=K in ('AK1','AK2')",
            "data/Customer?$filter=shop_contacts_id in ('4','2')&$orderby=name", "name", "Ann", "Bob"),
        Row.of("R/data/Customer?$top=10&$skip=0&$search=\"text\"",
            "data/Customer?$top=10&$skip=0&$search=\"bob\"", "name", "Bob"),
        Row.of("R/data/Customer?select=*&$filter=IsMemberOfSegment('S')&$top=10",
            "data/Customer?select=*&$filter=IsMemberOfSegment('buyers')&$top=10", "name", "Ann"),
        Row.of("R/data/Customer?$filter=CustomerId eq 'CID'&IsMemberOfSegment('S') of a member",
            "data/Customer?$filter=CustomerId eq 'CID'&IsMemberOfSegment('buyers')", "name", "Ann"),
        Row.of("R/data/Customer?$filter=CustomerId eq 'CID'&IsMemberOfSegment('S') of nobody in it",
            "data/Customer?$filter=CustomerId eq 'CID2'&IsMemberOfSegment('buyers')", "name"),
        Row.of("R/data/UnifiedActivity?$filter=CustomerId eq 'CID'", activities + "&$orderby=ActivityId",
            "ActivityId", "m1", "shop.orders|o1", "shop.orders|o2"),
        Row.of("...and ActivityTime gt <ts> and ActivityTime lt <ts>",
            activities + " and ActivityTime gt 2026-11-01T12:00:00Z and ActivityTime lt 2026-11-03T00:00:00Z",
            "ActivityId", "shop.orders|o2"),
        Row.of("...and ActivityType eq 'name'",
            activities + " and ActivityType eq 'SalesOrder'&$orderby=ActivityId", "ActivityId", "shop.orders|o1",
            "shop.orders|o2"),
        Row.of("...and ActivityTypeDisplay eq 'display name'",
            activities + " and ActivityTypeDisplay eq 'Order Completed'&$orderby=ActivityId", "ActivityId",
            "shop.orders|o1", "shop.orders|o2"),
        Row.of("...&$orderby=ActivityTime asc", activities + "&$orderby=ActivityTime asc", "ActivityId",
            "shop.orders|o1", "shop.orders|o2", "m1"),
        Row.of("...&$orderby=ActivityTime desc", activities + "&$orderby=ActivityTime desc", "ActivityId", "m1",
            "shop.orders|o2", "shop.orders|o1"),
        Row.of("R/data/Customer?$expand=UnifiedActivity,Customer_Measure&$filter=CustomerId eq 'CID'",
            "data/Customer?$expand=UnifiedActivity,Customer_Measure&$filter=CustomerId eq 'CID'", "name", "Ann"),
        Row.of("same with CustomerId in (...)",
            "data/Customer?$expand=UnifiedActivity,Customer_Measure&$filter=CustomerId in ('CID1','CID2')"
                + "&$orderby=name",
            "name", "Ann", "Bob"),
        Row.of("R/data/Customer_Measure?$filter=CustomerId eq 'CID'",
            "data/Customer_Measure?$filter=CustomerId eq 'CID'", "revenue", "20.0"),
        Row.of("R/data/BrandShareOfVoiceFromMicrosoft?$filter=CustomerId eq 'CID'",
            "data/BrandShareOfVoiceFromMicrosoft?$filter=CustomerId eq 'CID'", "Brand", "Contoso"),
        Row.of("R/data/BrandShareOfVoiceFromMicrosoft?$filter=CustomerId eq 'CID' and Interest...",
            "data/BrandShareOfVoiceFromMicrosoft?$filter=CustomerId eq 'CID' and Interest eq 'golf'", "Brand",
            "Contoso"),
        Row.of("R/data/BrandShareOfVoiceFromMicrosoft of somebody else",
            "data/BrandShareOfVoiceFromMicrosoft?$filter=CustomerId eq 'CID' and Interest eq 'chess'", "Brand"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void theRowIsAnsweredAsItIsPrinted(Row row) {
    assertEquals(row.found(), feed.values(row.query().replace("CID2", feed.bob()).replace("CID1", feed.ann())
        .replace("CID", feed.ann()), row.property()));
  }

  /// Rows about management: the answer says where that is here.
  @ParameterizedTest(name = "{0} R/manage/{1}")
  @CsvSource(delimiter = '|', value = {
      "GET | datasources/v2 | GET /api/v1/tables",
      "POST | workflows/main/jobs?operationType=Ingestion&identifiers='id'&forceRunRequested=true | POST /api/v1/refresh",
      "POST | workflows/main/jobs?operationType=all&forceRunRequested=true | POST /api/v1/refresh",
      "GET | workflows/main/jobs | GET /api/v1/jobs"})
  void managementIsPointedOutWhereItIs(String method, String shape, String where) {
    var answer = feed.portrait().exchange(method, "/odata/v4/manage/" + SampleFeed.encoded(shape.replace("'", "''")),
        "");
    assertEquals(404, answer.statusCode());
    assertTrue(answer.body().contains(where), answer.body());
  }

  @Test
  void aChosenColumnIsAloneWhateverTheCaseOfTheFilter() {
    var row = feed.get("Customer?$select=CustomerId,name&$filter=customerid eq '%s'".formatted(feed.ann()))
        .path("value").get(0);
    assertEquals(List.of("CustomerId", "name"), List.copyOf(row.propertyNames()));
  }

  @Test
  void aSourceKeyFindsItsCustomerAlternatesIncluded() {
    for (String key : List.of("1", "4")) {
      var found = feed.get("Customer?$filter=shop_contacts_id eq '%s'".formatted(key)).path("value");
      assertEquals(1, found.size(), key);
      assertEquals(feed.ann(), found.get(0).path("CustomerId").asString());
    }
    assertEquals(List.of("Ann", "Bob"),
        feed.names("Customer?$filter=shop_contacts_id eq '4' or shop_contacts_id eq '2'&$orderby=name"));
  }

  @Test
  void membersOfASegmentAsTheStandardWritesThem() {
    assertEquals(List.of("Ann"), feed.names("Customer?$filter=IsMemberOfSegment(SegmentName='buyers')"));
    assertEquals(List.of("Ann"), feed.names("Customer?$filter=Portrait.IsMemberOfSegment(SegmentName='buyers')"));
    assertEquals(List.of(), feed.names(
        "Customer?$filter=CustomerId eq '%s' and IsMemberOfSegment('buyers')".formatted(feed.bob())));
    assertEquals(
        "$filter, character 19: there is no segment 'byers'; did you mean 'buyers'? The set Segment lists them.",
        feed.refused("Customer?$filter=IsMemberOfSegment('byers')").path("message").asString());
  }

  @Test
  void aProfileHoldsItsActivitiesAndMeasures() {
    var rows = feed
        .get("Customer?$expand=UnifiedActivity,Customer_Measure&$filter=CustomerId in ('%s','%s')&$orderby=name"
            .formatted(feed.ann(), feed.bob()))
        .path("value");
    assertEquals(3, rows.get(0).path("UnifiedActivity").size());
    assertEquals(20.0, rows.get(0).path("Customer_Measure").path("revenue").asDouble());
    assertEquals(1, rows.get(0).path("Customer_Measure").path("views").asInt());
    assertEquals(1, rows.get(1).path("UnifiedActivity").size());
  }

  @Test
  void anEnrichmentThatIsNotHereIsSaidSo() {
    String message = feed.refused("InterestShareOfVoiceFromMicrosoft?$filter=CustomerId eq '1'").path("message")
        .asString();
    assertTrue(message.contains("there is no set 'InterestShareOfVoiceFromMicrosoft'"), message);
    assertTrue(message.contains("Customer_Measure"), message);
  }

  @Test
  void whatThatProductCannotDo() {
    var ann = feed.ann();
    assertEquals(List.of("buyers", "lookers"),
        feed.values("SegmentMembership?$filter=CustomerId eq '%s'".formatted(ann), "Segment"));
    assertEquals(List.of("buyers", "lookers"), feed.values("Customer(user_id='u1')/SegmentMembership", "Segment"));
    assertEquals(2,
        feed.get("Customer(email='ann@example.com')?$expand=SegmentMembership").path("SegmentMembership").size());
    var found = feed.get("Customer?$search=ann&$expand=UnifiedActivity").path("value").get(0);
    assertEquals(3, found.path("UnifiedActivity").size());
    var some = feed.get("Customer?$select=name&$expand=Customer_Measure&$filter=CustomerId eq '%s'".formatted(ann))
        .path("value").get(0);
    assertEquals(20.0, some.path("Customer_Measure").path("revenue").asDouble());
    assertEquals(List.of("name", "Customer_Measure"), List.copyOf(some.propertyNames()));
  }

  @Test
  void aPageHasAHundredRows() {
    assertEquals(100, new Ask("", "", java.util.Map.of()).pageSize());
  }
}
