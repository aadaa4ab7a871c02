package portrait.doors.odata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.security.Role;
import tools.jackson.databind.json.JsonMapper;

/// The feed opened as Excel and Power BI do it: both send what Power Query sends. First without a name, then with a key as
/// password; the list of sets, the description, a preview, and then steps of the query editor folded into the address.
class SpreadsheetsTest {

  private static final String ACCEPT = "application/json;odata.metadata=minimal;q=1.0,"
      + "application/json;odata=minimalmetadata;q=0.9,application/atomsvc+xml;q=0.8,application/atom+xml;q=0.8,"
      + "application/xml;q=0.7,text/plain;q=0.7";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpClient client = HttpClient.newHttpClient();
  private SampleFeed feed;
  private String password;

  @BeforeEach
  void open(@TempDir Path home) throws IOException {
    feed = SampleFeed.in(home);
    password = feed.portrait().parts().security().createKey(Role.VIEWER, "power query").key().reveal();
  }

  @AfterEach
  void close() {
    client.close();
    feed.close();
  }

  private HttpResponse<String> sent(String target, String accept, boolean isSignedIn) {
    var request = HttpRequest.newBuilder(feed.portrait().parts().server().url().resolve("/odata/v4/").resolve(target))
        .header("Accept", accept).header("OData-MaxVersion", "4.0").header("MaxDataServiceVersion", "3.0")
        .header("User-Agent", "Microsoft.Data.Mashup (https://go.microsoft.com/fwlink/?LinkID=304225)");
    if (isSignedIn) {
      request.header("Authorization", "Basic " + Base64.getEncoder()
          .encodeToString(("anybody:" + password).getBytes(StandardCharsets.UTF_8)));
    }
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException | InterruptedException failure) {
      throw new AssertionError(failure);
    }
  }

  @Test
  void theFeedIsOpenedAndATableLoadedPageByPage() {
    var unnamed = sent("", ACCEPT, false);
    assertEquals(401, unnamed.statusCode());
    assertTrue(unnamed.headers().firstValue("WWW-Authenticate").orElse("").startsWith("Basic realm="));

    var service = sent("", ACCEPT, true);
    assertEquals("4.0", service.headers().firstValue("OData-Version").orElse(""));
    assertTrue(
        service.headers().firstValue("Content-Type").orElse("").startsWith("application/json;odata.metadata=minimal"));
    var document = JSON.readTree(service.body());
    assertTrue(document.path("@odata.context").asString().endsWith("/odata/v4/$metadata"));

    var description = sent("$metadata", "application/xml", true);
    assertTrue(description.headers().firstValue("Content-Type").orElse("").startsWith("application/xml"));
    assertTrue(description.body()
        .contains("<edmx:Edmx xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\" Version=\"4.0\">"));

    for (var set : document.path("value")) {
      assertEquals(200, sent(set.path("url").asString() + "?$top=1000", ACCEPT, true).statusCode());
    }
    var rows = new ArrayList<String>();
    String next = "Customer?$filter=points%20gt%201%20or%20points%20eq%20null&$orderby=name&$select=CustomerId%2Cname";
    while (!next.isEmpty()) {
      var page = JSON.readTree(sent(next, ACCEPT, true).body());
      page.path("value").forEach(row -> rows.add(row.path("name").asString("null")));
      next = page.path("@odata.nextLink").asString("");
    }
    assertEquals(4, rows.size());
  }

  @Test
  void stepsOfTheQueryEditorAreFoldedIntoTheAddress() {
    for (String query : new String[]{"Customer/$count",
        "Customer?$filter=city%20eq%20%27Lyon%27%20and%20points%20ge%2010&$top=4096",
        "Customer?$filter=contains(name%2C%27nn%27)&$orderby=LastSeen%20desc%2Cname%20asc&$skip=0&$top=200",
        "Customer?$filter=year(born)%20eq%201990&$select=name",
        "Customer?$filter=born%20ge%201990-01-01%20and%20born%20lt%202000-01-01",
        "UnifiedActivity?$filter=ActivityTimestamp%20ge%202026-11-01T00%3A00%3A00Z%20and%20ActivityTimestamp%20lt%202026-12-01T00%3A00%3A00Z&$top=1000",
        "Customer?$select=name&$expand=Customer_Measure($select=revenue),UnifiedActivity($select=ActivityName)",
        "Customer?$apply=groupby((city)%2Caggregate($count%20as%20Count))", "UnifiedActivity?$count=true&$top=0",
        "Customer(%27" + feed.ann() + "%27)/UnifiedActivity?$top=10"}) {
      var answer = sent(query, ACCEPT, true);
      assertEquals(200, answer.statusCode(), () -> query + " " + answer.body());
      assertFalse(answer.body().contains("\"error\""));
    }
  }
}
