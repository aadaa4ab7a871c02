package portrait.stages.enrichments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import portrait.foundation.model.ProblemException;
import tools.jackson.databind.json.JsonMapper;

/// An API that answers in JSON, called by a template.
class HttpApiTest extends ProviderContract {

  private final List<PartnerFake.Call> calls = new CopyOnWriteArrayList<>();
  private volatile boolean isExpired;

  @Override
  PartnerFake partner() throws IOException {
    return new PartnerFake() {

      @Override
      Answer act(Call call) {
        if (isExpired || !call.headers().getOrDefault("x-key", "").equals("key-5512")) {
          return new Answer(401, "");
        }
        if (call.path().equals("/api")) {
          return new Answer(404, "");
        }
        calls.add(call);
        return call.path().contains("Nobody") ? new Answer(404, "")
            : new Answer(200, """
            {"data": [{"industry": "of %s", "tags": ["a", "b"], "size": {"exact": 12}}]}""".formatted(
                call.path().replaceAll(".*=", "")));
      }

      @Override
      long paid() {
        return calls.size();
      }

      @Override
      void expire() {
        isExpired = true;
      }

      @Override
      void renew() {
        isExpired = false;
      }
    };
  }

  @Override
  String connection(String address) {
    return """
        { type: http, settings: { url: "%s", key: { secret: partner.secret }, header: X-Key, scheme: "-",
            calls_per_second: 1000 } }""".formatted(address.endsWith("/") ? address + "api/" : address + "/api");
  }

  @Override
  String secret() {
    return "key-5512";
  }

  @Override
  String enrichment() {
    return """
        kind: Enrichment
        name: asked
        spec:
          provider: http
          connection: partner
          settings: { method: post, path: "/companies?name={company}", body: '{"q": "{company}"}', answer_at: data.0,
            paid: true }
          inputs: { company: company }
          attributes: { industry: industry, tags: tags, size: size.exact, loud: "upper(industry)" }
        """;
  }

  @Test
  void whatIsToldStaysAValue() throws InterruptedException {
    String nasty = "A&name=B/../@host#\\u00e9 \\\"x";
    person("Odd", nasty);
    person("Nobody", "Nobody");
    var report = run();
    assertEquals(1, report.counts().nothing());
    assertTrue(calls.stream().anyMatch(call -> call.path()
        .equals("/api/companies?name=A%26name%3DB%2F..%2F%40host%23%C3%A9%20%22x")), calls.toString());
    var acme = portrait.get("/api/v1/profiles/user_id/Acme").path("attributes");
    assertEquals("of Acme a; b 12 OF ACME", "%s %s %s %s".formatted(acme.path("industry").asString(),
        acme.path("tags").asString(), acme.path("size").asString(), acme.path("loud").asString()));

    assertTrue(calls.stream().filter(call -> call.method().equals("POST")).map(PartnerFake.Call::body)
        .map(body -> JsonMapper.shared().readTree(body).path("q").asString())
        .anyMatch("A&name=B/../@host#\u00e9 \"x"::equals), calls.toString());
  }

  @Test
  void nothingLeadsIntoThisNetwork() {
    for (String url : List.of("https://127.0.0.1", "https://10.0.0.1/x", "https://[::1]", "http://example.com",
        "https://169.254.169.254/latest", "file:///etc/passwd")) {
      portrait.apply("kind: Connection\nname: partner\nspec: { type: http, settings: { url: \"%s\" } }"
          .formatted(url));
      assertThrows(ProblemException.class,
          () -> portrait.parts().enrichments().verify(portrait.parts().connections().one("partner")), url);
    }
    assertThrows(ProblemException.class,
        () -> portrait.apply(enrichment().replace("\"/companies", "\"@elsewhere.example/companies")));
  }

  @Test
  void callsThatCostNothingMayBeGets() throws InterruptedException {
    assertThrows(ProblemException.class, () -> portrait.apply(enrichment().replace("method: post", "method: get")));
    portrait.apply(enrichment().replace("method: post", "method: get").replace("paid: true", "paid: false"));
    var report = run();
    assertEquals(3, report.counts().enriched());
    assertEquals(0, report.counts().credits());
    assertTrue(calls.stream().allMatch(call -> call.method().equals("GET") && call.body().isEmpty()), calls.toString());
  }

  @Test
  void aTemplateNamesWhatIsTold() {
    portrait.apply(enrichment().replace("?name={company}\"", "?name={other}\""));
    var refused = assertThrows(ProblemException.class, this::run);
    assertTrue(refused.getMessage().contains("{other}"), refused.getMessage());
  }
}
