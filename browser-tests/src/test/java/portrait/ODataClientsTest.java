package portrait;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.olingo.client.api.ODataClient;
import org.apache.olingo.client.api.communication.ODataClientErrorException;
import org.apache.olingo.client.api.domain.ClientEntity;
import org.apache.olingo.client.core.ODataClientFactory;
import org.apache.olingo.client.core.http.BasicAuthHttpClientFactory;
import org.apache.olingo.commons.api.edm.EdmNamed;
import org.apache.olingo.commons.api.edm.EdmPrimitiveTypeKind;
import org.apache.olingo.commons.api.format.ContentType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.doors.odata.SampleFeed;
import portrait.foundation.security.Role;

/// Public OData clients, unchanged, against a real server.
class ODataClientsTest {

  private SampleFeed feed;
  private String key;
  private String root;

  @BeforeEach
  void open(@TempDir Path home) throws IOException {
    feed = SampleFeed.in(home);
    key = feed.portrait().parts().security().createKey(Role.VIEWER, "client").key().reveal();
    root = feed.portrait().parts().server().url().resolve("/odata/v4/").toString();
  }

  @AfterEach
  void close() {
    feed.close();
  }

  private ODataClient client() {
    var client = ODataClientFactory.getClient();
    client.getConfiguration().setHttpClientFactory(new BasicAuthHttpClientFactory("anybody", key));
    return client;
  }

  @Test
  void theJavaClientReadsTheDescription() {
    var edm = client().getRetrieveRequestFactory().getMetadataRequest(root).execute().getBody();

    var sets = edm.getEntityContainer().getEntitySets().stream().map(EdmNamed::getName).toList();
    assertTrue(sets.containsAll(List.of("Customer", "UnifiedActivity", "Customer_Measure", "Segment",
        "SegmentMembership", "Account")), sets.toString());
    var customer = edm.getEntityContainer().getEntitySet("Customer").getEntityType();
    assertEquals(List.of("CustomerId"), customer.getKeyPredicateNames());
    assertEquals(EdmPrimitiveTypeKind.Date.name(), customer.getProperty("born").getType().getName());
    assertEquals("UnifiedActivity", customer.getNavigationProperty("UnifiedActivity").getType().getName());
  }

  @Test
  void theJavaClientFiltersExpandsCountsAndTurnsPages() {
    var client = client();
    var uri = client.newURIBuilder(root).appendEntitySetSegment("Customer")
        .filter(client.getFilterFactory().eq("city", "Lyon")).select("name", "points").expand("UnifiedActivity")
        .count(true).build();
    var whole = client.getRetrieveRequestFactory().getEntitySetRequest(uri);
    whole.setFormat(ContentType.JSON_FULL_METADATA);
    var found = whole.execute().getBody();
    assertEquals(1, found.getCount());
    var ann = found.getEntities().getFirst();
    assertEquals("Ann", text(ann, "name"));
    assertEquals(2, ann.getNavigationLink("UnifiedActivity").asInlineEntitySet().getEntitySet().getEntities().size());

    var one = client.getRetrieveRequestFactory().getEntityRequest(client.newURIBuilder(root)
        .appendEntitySetSegment("Customer").appendKeySegment(feed.ann()).build()).execute().getBody();
    assertEquals("ann@example.com", text(one, "email"));

    var request = client.getRetrieveRequestFactory().getEntitySetRequest(
        client.newURIBuilder(root).appendEntitySetSegment("Customer").orderBy("name").build());
    request.setPrefer("odata.maxpagesize=3");
    var page = request.execute().getBody();
    assertEquals(3, page.getEntities().size());
    assertEquals(1, client.getRetrieveRequestFactory().getEntitySetRequest(page.getNext()).execute().getBody()
        .getEntities().size());
  }

  @Test
  void theJavaClientUnderstandsARefusal() {
    var client = client();
    var uri = client.newURIBuilder(root).appendEntitySetSegment("Customer").filter("ctiy eq 'Lyon'").build();

    var refused = assertThrows(ODataClientErrorException.class,
        () -> client.getRetrieveRequestFactory().getEntitySetRequest(uri).execute());

    assertEquals("invalid_parameter", refused.getODataError().getCode());
    assertTrue(refused.getODataError().getMessage().contains("did you mean 'city'?"), refused.getMessage());
  }

  @Test
  void theClientForNodeFiltersAndExpands() {
    NodeLibraries.installed();

    var ended = NodeLibraries.run("node", "read.js", root, key);

    assertEquals("""
        {"names":["Cid O'Neil","Ann"],"first":[[],["shop.orders|o1"]],"segments":["buyers"]}""", ended.text().strip());
    assertEquals(0, ended.code());
  }

  private static String text(ClientEntity entity, String property) {
    return entity.getProperty(property).getValue().toString();
  }
}
