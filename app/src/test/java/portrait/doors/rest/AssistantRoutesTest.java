package portrait.doors.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.foundation.security.Role;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The endpoint for assistants, asked by the official client over HTTP.
class AssistantRoutesTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir
  Path home;
  private TestPortrait portrait;

  @BeforeEach
  void open() {
    portrait = TestPortrait.in(home);
    portrait.apply("""
        kind: Segment
        name: fans
        spec: { title: Fans, where: { event: Product Viewed, within: 30d, count: { at_least: 1 } } }
        """);
    portrait.collect("/v1/batch", """
        {"batch": [
          {"type": "identify", "messageId": "i1", "userId": "u1", "traits": {"first_name": "Amélie", "last_name": "Roux"}},
          {"type": "track", "messageId": "t1", "userId": "u1", "event": "Product Viewed",
           "timestamp": "2026-11-22T11:00:00Z"},
          {"type": "identify", "messageId": "i2", "userId": "u2", "traits": {"first_name": "Bert"}}]}""");
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  private McpSyncClient client(String key) {
    return McpClient.sync(HttpClientStreamableHttpTransport.builder(portrait.parts().server().url().toString())
        .endpoint("/mcp").customizeRequest(request -> request.header("Authorization", "Bearer " + key)).build())
        .build();
  }

  private String key(Role role) {
    return portrait.parts().security().createKey(role, role.text()).key().reveal();
  }

  @Test
  void anAssistantFindsACustomerAndExplainsThem() {
    try (var client = client(key(Role.VIEWER))) {
      assertEquals("portrait", client.initialize().serverInfo().name());
      assertEquals(List.of("explain_membership", "find_customers", "get_customer", "get_timeline", "list_definitions",
          "list_segments"), client.listTools().tools().stream().map(Tool::name).sorted().toList());
      assertTrue(client.listTools().tools().stream().allMatch(tool -> tool.annotations().readOnlyHint()));

      var found = asked(client, "find_customers", Map.of("query", "amélie"));
      assertEquals(1, found.path("customers").size(), found.toString());
      String id = found.path("customers").path(0).path("customerId").asString();
      var customer = asked(client, "get_customer", Map.of("namespace", "customer", "value", id));
      assertEquals(portrait.get("/api/v1/profiles/user_id/u1"), customer);
      var latest = asked(client, "get_timeline", Map.of("namespace", "user_id", "value", "u1", "limit", 1));
      assertEquals(1, latest.path("events").size());
      assertTrue(latest.path("more").asBoolean());
      var views = asked(client, "get_timeline",
          Map.of("namespace", "user_id", "value", "u1", "name", "Product Viewed"));
      assertEquals("2026-11-22T11:00:00Z", views.path("events").path(0).path("timestamp").asString());
      assertEquals(portrait.get("/api/v1/segments"), asked(client, "list_segments", Map.of()));
      var why = asked(client, "explain_membership", Map.of("segment", "fans", "namespace", "user_id", "value", "u1"));
      assertEquals("count('Product Viewed' within 30d) is 1", why.path("why").path("found").path(0).asString());
      assertFalse(asked(client, "explain_membership", Map.of("segment", "fans", "namespace", "user_id", "value", "u2"))
          .path("member").asBoolean());
      assertEquals("Fans", asked(client, "list_definitions", Map.of()).path("definitions").path(0).path("title")
          .asString());
      assertTrue(asked(client, "list_definitions", Map.of("kind", "Segment")).path("definitions").path(0).path("spec")
          .isObject());
    }
  }

  @Test
  void aMethodThatIsNotThereIsAnswered() {
    var answer = portrait.exchange("POST", "/mcp", """
        {"jsonrpc": "2.0", "id": 7, "method": "nothing/like_it"}""");
    assertEquals(200, answer.statusCode());
    var body = JsonMapper.shared().readTree(answer.body());
    assertEquals(7, body.path("id").asInt());
    assertEquals(-32601, body.path("error").path("code").asInt());
  }

  @Test
  void whatItMayNotOrCannotIsAnErrorItCanRead() {
    try (var client = client(key(Role.LOOKUP))) {
      client.initialize();
      assertEquals("u1", asked(client, "get_customer", Map.of("namespace", "user_id", "value", "u1"))
          .path("identities").path(0).path("value").asString());
      assertEquals("not_allowed", refused(client, "find_customers", Map.of("query", "amélie")));
      assertEquals("not_allowed", refused(client, "list_definitions", Map.of()));
      assertEquals("unknown_profile", refused(client, "get_customer", Map.of("namespace", "user_id", "value", "u9")));
      assertEquals("invalid_parameter", refused(client, "get_customer", Map.of("namespace", "user_id")));
    }
    try (var client = client(key(Role.COLLECT))) {
      assertThrows(RuntimeException.class, client::initialize);
    }
    assertEquals(401, portrait.exchange("POST", "/mcp", "{}", Map.of("Authorization", "")).statusCode());
    assertEquals(400, portrait.exchange("POST", "/mcp", "{}").statusCode());
    assertEquals(400, portrait.exchange("POST", "/mcp", "nonsense").statusCode());
    var stream = portrait.exchange("GET", "/mcp", "");
    assertEquals("405 POST", stream.statusCode() + " " + stream.headers().firstValue("Allow").orElse(""));
  }

  private static JsonNode asked(McpSyncClient client, String tool, Map<String, Object> arguments) {
    var result = client.callTool(new CallToolRequest(tool, arguments));
    var text = JSON.readTree(((TextContent) result.content().getFirst()).text());
    assertFalse(result.isError(), text.toString());
    assertEquals(text, JSON.valueToTree(result.structuredContent()));
    return text;
  }

  private static String refused(McpSyncClient client, String tool, Map<String, Object> arguments) {
    var result = client.callTool(new CallToolRequest(tool, arguments));
    assertTrue(result.isError());
    return JSON.readTree(((TextContent) result.content().getFirst()).text()).path("code").asString();
  }
}
