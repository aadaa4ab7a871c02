package portrait.stages.enrichments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.microsoft.graph.models.Event;
import com.microsoft.graph.models.Message;
import com.microsoft.graph.models.MessageCollectionResponse;
import com.microsoft.graph.models.User;
import com.microsoft.graph.models.odataerrors.ODataError;
import com.microsoft.graph.core.tasks.PageIterator;
import com.microsoft.graph.serviceclient.GraphServiceClient;
import com.microsoft.kiota.authentication.AuthenticationProvider;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// Microsoft's own library against the stand-in: what it asks is understood and what it is told it understands, so that
/// the stand-in is a judge of our calls.
class GraphFakeTest {

  private static final Instant DAY = Instant.parse("2026-11-19T12:00:00Z");

  private GraphFake graph;
  private GraphServiceClient client;

  @BeforeEach
  void open() throws IOException, InterruptedException {
    graph = new GraphFake();
    String token = token();
    AuthenticationProvider signedIn = (request, _) -> request.headers.add("Authorization", "Bearer " + token);
    client = new GraphServiceClient(signedIn);
    client.getRequestAdapter().setBaseUrl(graph.address() + "/v1.0");
  }

  @AfterEach
  void close() throws IOException {
    graph.close();
  }

  private String token() throws IOException, InterruptedException {
    try (var http = HttpClient.newHttpClient()) {
      var answer = http.send(HttpRequest.newBuilder(URI.create(graph.address() + "/shop.example/oauth2/v2.0/token"))
          .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials&client_id=app-1"
              + "&client_secret=s3cret%26more&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"))
          .build(), BodyHandlers.ofString());
      return JsonMapper.shared().readTree(answer.body()).path("access_token").asString();
    }
  }

  @Test
  void peopleAndGroupsAreFound() {
    graph.groupSize = 3;
    var users = client.users().get(asked -> {
      asked.queryParameters.filter = "mail eq 'ann@shop.example'";
      asked.queryParameters.select = new String[]{"id", "mail", "proxyAddresses"};
    }).getValue();
    assertEquals(List.of("id-ann ann@shop.example [SMTP:ann@shop.example, smtp:ann@alias.example]"),
        users.stream().map(user -> "%s %s %s".formatted(user.getId(), user.getMail(), user.getProxyAddresses()))
            .toList());

    var group = client.groups().get(asked -> {
      asked.queryParameters.filter = "mail eq 'sales@shop.example'";
      asked.queryParameters.select = new String[]{"id", "mail"};
    }).getValue().getFirst();
    var members = client.groups().byGroupId(group.getId()).transitiveMembers().graphUser().get(asked -> {
      asked.headers.add("ConsistencyLevel", "eventual");
      asked.queryParameters.count = true;
      asked.queryParameters.select = new String[]{"id", "mail"};
    }).getValue();
    assertEquals(List.of("id-ann", "id-bob", "id-cleo", "id-room", "id-member0", "id-member1", "id-member2"),
        members.stream().map(User::getId).toList());
  }

  @Test
  void messagesComePageByPageThroughThrottling() throws ReflectiveOperationException {
    for (int number = 0; number < 5; number++) {
      graph.mail("m" + number, DAY.plusSeconds(number), "ann@shop.example", List.of("marie@acme.example"), "ann");
    }
    graph.mail("before", DAY.minusSeconds(60), "ann@shop.example", List.of("marie@acme.example"), "ann");
    graph.fail(PartnerFake.Fault.NONE, PartnerFake.Fault.THROTTLED);
    var first = client.users().byUserId("id-ann").messages().get(asked -> {
      asked.queryParameters.filter = "receivedDateTime ge 2026-11-19T12:00:00Z";
      asked.queryParameters.select = new String[]{"internetMessageId", "from", "toRecipients", "receivedDateTime"};
    });
    var read = new ArrayList<String>();
    new PageIterator.Builder<Message, MessageCollectionResponse>().client(client)
        .collectionPage(Objects.requireNonNull(first))
        .collectionPageFactory(MessageCollectionResponse::createFromDiscriminatorValue)
        .processPageItemCallback(message -> read.add("%s from %s to %s at %s".formatted(message.getInternetMessageId(),
            message.getFrom().getEmailAddress().getAddress(),
            message.getToRecipients().getFirst().getEmailAddress().getAddress(),
            message.getReceivedDateTime().toInstant())))
        .build().iterate();
    assertEquals(5, read.size());
    assertEquals("<m0@x> from ann@shop.example to marie@acme.example at 2026-11-19T12:00:00Z", read.getFirst());
    assertEquals(false, graph.hasFaults());
  }

  @Test
  void meetingsAreWithinTheirDays() {
    graph.meeting("today", DAY, "bob@shop.example", List.of("marie@acme.example"), "ann");
    graph.meeting("later", DAY.plusSeconds(90_000), "bob@shop.example", List.of("marie@acme.example"), "ann");
    var events = client.users().byUserId("id-ann").calendarView().get(asked -> {
      asked.queryParameters.startDateTime = "2026-11-19T00:00:00Z";
      asked.queryParameters.endDateTime = "2026-11-20T00:00:00Z";
      asked.queryParameters.select = new String[]{"iCalUId", "start", "attendees"};
    }).getValue();
    assertEquals(List.of("today"), events.stream().map(Event::getICalUId).toList());
    assertEquals("marie@acme.example", events.getFirst().getAttendees().getFirst().getEmailAddress().getAddress());
    assertEquals("2026-11-19T12:00:00.0000000", events.getFirst().getStart().getDateTime());
  }

  @Test
  void whatIsRefusedIsAnError() {
    graph.forbidden.add("id-ann");
    var refused = assertThrows(ODataError.class, () -> client.users().byUserId("id-ann").messages().get(asked -> {
      asked.queryParameters.filter = "receivedDateTime ge 2026-11-19T12:00:00Z";
      asked.queryParameters.select = new String[]{"internetMessageId"};
    }));
    assertEquals(403, refused.getResponseStatusCode());
    assertEquals("ErrorAccessDenied", refused.getError().getCode());
    assertThrows(ODataError.class, () -> client.users().byUserId("id-ann").messages().get(asked -> {
      asked.queryParameters.select = new String[]{"subject"};
    }), "nobody may ask for what was written");
  }
}
