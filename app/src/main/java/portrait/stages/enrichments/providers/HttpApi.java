package portrait.stages.enrichments.providers;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.connections.Setting;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.outside.Outside;
import portrait.foundation.outside.Reachable;

/// Any API over HTTP that answers in JSON: one call for each question, made from a template.
public final class HttpApi implements Provider<HttpApi.Place, HttpApi.Call> {

  private static final Form<Place> PLACE = Form.of(Place.class);
  private static final Form<Call> CALL = Form.of(Call.class);

  private final Reachable reachable;

  public HttpApi(Reachable reachable) {
    this.reachable = reachable;
  }

  /// What a connection needs.
  public record Place(
      @Setting(title = "Address", help = "Where the API lies: begins with https://. Addresses inside this network are called only where the operator allows them.", example = "https://api.example.com") String url,
      @Setting(title = "Key", help = "What the API knows this installation by, where it asks for that.") Optional<Secret> key,
      @Setting(title = "Header of the key", help = "The header that has the key.", standard = "Authorization") String header,
      @Setting(title = "Text before the key", help = "What stands before the key in that header; a dash for nothing.", standard = "Bearer") String scheme,
      @Setting(title = "Calls per second", help = "How many calls are made in a second at most.", standard = "5", min = 1, max = 1000) int callsPerSecond) {}

  /// How it is asked.
  public enum Method {
    GET, POST
  }

  /// What an enrichment asks for.
  public record Call(
      @Setting(title = "Method", help = "How the API is asked.", standard = "get") Method method,
      @Setting(title = "Path", help = "What follows the address, with the names of what is told in braces.", example = "/v1/companies?domain={domain}") String path,
      @Setting(title = "Body", help = "JSON with the names of what is told in braces, within quotation marks; for POST.", example = "{\"email\": \"{email}\"}") Optional<String> body,
      @Setting(title = "Where the values are", help = "The path of the part of the answer that has the values; the whole answer when empty.", example = "data.0") Optional<String> answerAt,
      @Setting(title = "Calls are paid for", help = "Whether a call costs something: then one whose end nobody saw is not repeated by itself. Only with POST.", standard = "false") boolean paid) {}

  @Override
  public Connector<Place> connector() {
    return new Connector<>("http", "HTTP API", "Any API that answers in JSON, with a call made from a template.",
        PLACE);
  }

  @Override
  public boolean needsConnection() {
    return true;
  }

  @Override
  public Category category() {
    return Category.OWN;
  }

  @Override
  public Form<Call> target() {
    return CALL;
  }

  @Override
  public List<Input> inputs() {
    return List.of();
  }

  @Override
  public boolean takesOtherInputs() {
    return true;
  }

  @Override
  public List<String> mistakes(Call target, Definitions others) {
    var mistakes = new ArrayList<String>();
    if (!target.path().startsWith("/") || target.path().startsWith("//")) {
      mistakes.add("settings.path was '%s' but must begin with one /".formatted(target.path()));
    }
    // The client of the platform sends a GET again by itself when a connection breaks, whatever it costs.
    if (target.paid() && target.method() == Method.GET) {
      mistakes.add("settings.paid was 'true' but a GET may be repeated on its way, so settings.method must be post");
    }
    return mistakes;
  }

  @Override
  public long credits(Call target, Map<String, String> values) {
    return target.paid() ? 1 : 0;
  }

  @Override
  public String verify(Place account) {
    var address = address(account);
    try (var outside = new Outside()) {
      return switch (outside.get(address, HttpAsking.headers(account))) {
        case Outside.Reply.Broken(String why, _) -> throw Problem.of(Problem.Code.SERVER_UNREACHABLE, why,
            "Check the address, and that this machine may call it.").asException();
        case Outside.Reply.Answer answer -> {
          if (answer.status() == 401 || answer.status() == 403 || answer.status() >= 500) {
            throw Problem.of(Problem.Code.SERVER_UNREACHABLE,
                "%s answered %d".formatted(address.getHost(), answer.status()),
                "Check the key, and in which header the API wants it.").asException();
          }
          yield "%s answers (%d)".formatted(address.getHost(), answer.status());
        }
      };
    } catch (InterruptedException asked) {
      Thread.currentThread().interrupt();
      throw new ProblemException(Problem.of(Problem.Code.CANCELLED, "stopped while asking"), asked);
    }
  }

  @Override
  public Asking open(Place account, Call target, Set<String> inputs, String output) {
    var path = new Template(target.path());
    var body = target.body().map(Template::new);
    for (String name : body.map(each -> Template.names(path, each)).orElseGet(() -> Template.names(path))) {
      if (!inputs.contains(name)) {
        throw Problem
            .of(Problem.Code.CONFLICT, "the template has {%s}, but nothing of that name is told".formatted(name),
                "Told are %s.".formatted(inputs.stream().sorted().toList()))
            .asException();
      }
    }
    return new HttpAsking(address(account), account, target, path, body);
  }

  private URI address(Place account) {
    if (!account.header().matches("[A-Za-z0-9-]{1,64}")
        || Set.of("host", "content-length", "connection").contains(account.header().toLowerCase(Locale.ROOT))) {
      throw Problem.of(Problem.Code.INVALID_DEFINITION,
          "settings.header was '%s' but must be the name of a header for keys".formatted(account.header()))
          .asException();
    }
    return reachable.checked("settings.url", account.url().strip().replaceFirst("/+$", ""));
  }
}
