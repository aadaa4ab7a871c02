package portrait.doors.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.security.Role;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Large files that come in pieces.
class UploadRoutesTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String SHOP = """
      kind: Source
      name: shop
      spec: { title: Shop, tables: [ { name: contacts, title: Contacts, key: Id } ] }
      """;
  private static final String ROWS = "Id,City\n1,Lyon\n2,Paris\n3,Oslo\n";

  @TempDir
  Path home;

  @Test
  void aFileThatIsCutGoesOnWhereItWasAfterARestartToo() throws IOException {
    String address;
    try (var portrait = TestPortrait.durable(home, TestDatabases.sqlite(home))) {
      portrait.apply(SHOP);
      var begun = JSON.readTree(portrait.exchange("POST", "/api/v1/uploads",
          "{\"file\": \"../contacts.csv\", \"bytes\": %d}".formatted(ROWS.length())).body());
      address = "/api/v1/uploads/" + begun.path("id").asString();
      assertEquals(10, received(put(portrait, address, 0, ROWS.substring(0, 10))));

      cut(portrait, address, 10, ROWS.substring(10, 15), ROWS.length() - 10);
      JsonNode there;
      do {
        there = portrait.get(address);
      } while (there.path("received").asInt() != 15);

      var wrong = put(portrait, address, 10, ROWS.substring(10));
      assertEquals(409, wrong.statusCode());
      assertEquals("15", JSON.readTree(wrong.body()).path("received").asString());
      var early = portrait.exchange("POST", "/api/v1/tables/shop.contacts/load?upload=" + id(address), "");
      assertEquals(409, early.statusCode(), early.body());
      assertEquals(413, put(portrait, address, 15, ROWS).statusCode());
    }
    try (var portrait = TestPortrait.durable(home, TestDatabases.sqlite(home))) {
      int there = portrait.get(address).path("received").asInt();
      var last = put(portrait, address, there, ROWS.substring(there));
      assertTrue(JSON.readTree(last.body()).path("complete").asBoolean(), last.body());

      var loaded = portrait.exchange("POST", "/api/v1/tables/shop.contacts/load?upload=" + id(address), "");
      assertEquals(200, loaded.statusCode(), loaded.body());
      assertEquals(3, JSON.readTree(loaded.body()).path("rowsLoaded").asInt());
      assertEquals(404, portrait.exchange("GET", address, "").statusCode(), "it is loaded, and gone");
      try (var left = Files.list(home.resolve("uploads"))) {
        assertEquals(0, left.count());
      }
    }
  }

  @Test
  void whatCannotBeIsRefused() {
    try (var portrait = TestPortrait.in(home)) {
      assertEquals(400, portrait.exchange("POST", "/api/v1/uploads", "{\"file\": \"a.csv\"}").statusCode());
      assertEquals(400, portrait.exchange("POST", "/api/v1/uploads", "{\"file\": \"a.csv\", \"bytes\": -1}")
          .statusCode());
      assertEquals(413, portrait.exchange("POST", "/api/v1/uploads",
          "{\"file\": \"a.csv\", \"bytes\": 900000000000000000}").statusCode());
      assertEquals(404, portrait.exchange("GET", "/api/v1/uploads/..%2F..%2Fportrait", "").statusCode());
      var begun = JSON.readTree(portrait.exchange("POST", "/api/v1/uploads", "{\"file\": \"a.csv\", \"bytes\": 3}")
          .body());
      String address = "/api/v1/uploads/" + begun.path("id").asString();
      assertEquals(400, portrait.exchange("PUT", address, "abc").statusCode());
      var other = Map.of("Authorization", "Bearer " + portrait.parts().security().createKey(Role.CONTRIBUTOR, "other")
          .key().reveal());
      assertEquals(404, portrait.exchange("GET", address, "", other).statusCode());
      assertEquals(204, portrait.exchange("DELETE", address, "").statusCode());
      assertEquals(404, portrait.exchange("GET", address, "").statusCode());
    }
  }

  /// Promises more than it sends, and is gone.
  private static void cut(TestPortrait portrait, String address, int offset, String sent, int promised)
      throws IOException {
    var server = portrait.parts().server();
    try (var socket = new Socket("localhost", server.url().getPort())) {
      socket.getOutputStream().write("""
          PUT %s HTTP/1.1\r
          Host: localhost\r
          Authorization: Bearer %s\r
          Content-Range: bytes %d-%d/*\r
          Content-Length: %d\r
          \r
          %s""".formatted(address, server.key().reveal(), offset, offset + promised - 1, promised, sent)
          .getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
      socket.shutdownOutput();
      socket.getInputStream().readAllBytes();
    }
  }

  private static HttpResponse<String> put(TestPortrait portrait, String address, int offset, String piece) {
    return portrait.exchange("PUT", address, piece, Map.of("Content-Range", "bytes %d-%d/%d".formatted(offset,
        offset + piece.length() - 1, ROWS.length())));
  }

  private static int received(HttpResponse<String> answer) {
    assertEquals(200, answer.statusCode(), answer.body());
    return JSON.readTree(answer.body()).path("received").asInt();
  }

  private static String id(String address) {
    return address.substring(address.lastIndexOf('/') + 1);
  }
}
