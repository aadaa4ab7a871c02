package portrait.doors.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;

/// Measures of all kinds, from the definition to the answer.
class MeasureRoutesTest {

  @TempDir
  Path home;

  @Test
  void tablesAreComputedAtRefreshAndLiveForTheCustomerInHand() {
    try (var portrait = TestPortrait.in(home)) {
      portrait.apply("""
          kind: Measure
          name: by_month
          spec:
            title: Revenue by month
            event: Order Completed
            dimensions: { month: { of: event.timestamp, bucket: month } }
            calculations: { revenue: { aggregate: sum, of: amount }, orders: { aggregate: count } }
          ---
          kind: Measure
          name: revenue
          spec: { per: business, aggregate: sum, of: amount, event: Order Completed, default: 0 }
          ---
          kind: Measure
          name: orders
          spec: { aggregate: count, event: Order Completed }
          """);
      order(portrait, "m1", "2026-10-05T10:00:00Z", "20");
      portrait.refresh();
      order(portrait, "m2", "2026-11-05T10:00:00Z", "5");

      assertEquals("""
          [{"month":"2026-10-01","revenue":20.0,"orders":1},{"month":"2026-11-01","revenue":5.0,"orders":1}]""",
          portrait.get("/api/v1/profiles/user_id/u1/measures/by_month").path("rows").toString());
      var computed = portrait.get("/api/v1/measures/by_month/values");
      assertEquals(1, computed.path("total").asInt());
      assertEquals("2026-10-01", computed.path("chart").get(0).path("label").asString());
      assertEquals("2026-11-22T12:00:00Z", computed.path("computedAt").asString());
      assertEquals("[{\"value\":20.0}]", portrait.get("/api/v1/measures/revenue/values").path("rows").toString());
      assertEquals(1, portrait.get("/api/v1/measures/orders/values").path("rows").get(0).path("orders").asInt());
      assertEquals("business", portrait.get("/api/v1/measures/revenue").path("kind").asString());
      assertEquals(false, portrait.get("/api/v1/measures/revenue").path("live").asBoolean());
      assertEquals(404, portrait.exchange("GET", "/api/v1/profiles/user_id/u1/measures/revenue", "").statusCode());
      assertEquals(400, portrait.exchange("GET", "/api/v1/profiles/user_id/u1/measures/orders", "").statusCode());
      var csv = portrait.exchange("GET", "/measures/revenue.csv", "");
      assertEquals("value\r\n20.0\r\n", csv.body());
      assertTrue(portrait.exchange("GET", "/measures/by_month", "").body().contains("Revenue by month"));
    }
  }

  @Test
  void everyTemplateCanBeAppliedWithNamesOfOnesOwn() {
    try (var portrait = TestPortrait.in(home)) {
      var templates = portrait.get("/api/v1/measures/templates?order=Bought&amount=price.total").path("templates");
      assertTrue(templates.size() >= 12, templates.toString());
      templates.forEach(template -> portrait.apply(template.path("definition").asString()));
      portrait.collect("/v1/track", """
          {"messageId": "m", "userId": "u1", "event": "Bought", "timestamp": "2026-11-12T12:00:00Z",
           "properties": {"price": {"total": 30}}}""");
      var measures = portrait.get("/api/v1/profiles/user_id/u1").path("measures");
      assertEquals(30, measures.path("total_transaction_value").asInt());
      assertEquals(10, measures.path("time_since_last_purchase").asInt());
      assertEquals(30.0 / 11, measures.path("average_daily_revenue").asDouble());
      assertEquals(30, measures.path("average_monthly_revenue").asInt());
      assertEquals(400, portrait.exchange("GET", "/api/v1/measures/templates?order=A%27B", "").statusCode());
    }
  }

  @Test
  void segmentsCannotBuildOnWhatIsNotAboutOneCustomer() {
    try (var portrait = TestPortrait.in(home)) {
      portrait.apply("kind: Measure\nname: revenue\nspec: { per: business, aggregate: sum, of: amount, event: Order }");
      var refused = portrait.exchange("PUT", "/api/v1/definitions/Segment/rich",
          "{\"where\": \"measure.revenue > 5\"}");
      assertEquals(400, refused.statusCode());
      assertTrue(refused.body().contains("revenue"), refused.body());
    }
  }

  private static void order(TestPortrait portrait, String id, String at, String amount) {
    assertEquals(200, portrait.collect("/v1/track", """
        {"messageId": "%s", "userId": "u1", "event": "Order Completed", "timestamp": "%s",
         "properties": {"amount": %s}}""".formatted(id, at, amount)).statusCode());
  }
}
