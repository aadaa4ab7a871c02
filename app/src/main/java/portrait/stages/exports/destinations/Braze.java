package portrait.stages.exports.destinations;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.connections.Setting;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Problem;
import portrait.foundation.model.Secret;

/// Braze: members of segments become users there with a custom attribute named as the Braze segment's API identifier.
public final class Braze implements Destination<Braze.Account, Braze.Target> {

  private static final Form<Account> FORM = Form.of(Account.class);
  private static final Form<Target> TARGET = Form.of(Target.class);
  private static final Pattern REST_HOST = Pattern.compile("rest\\.[a-z0-9-]+\\.braze\\.(com|eu)");
  private static final Pattern DASHBOARD = Pattern
      .compile("dashboard(?:-(\\d+)(?:\\.braze\\.com)?|-(\\d+)\\.braze\\.eu)");
  /** Columns that bring a row of a name of their own. */
  private static final List<String> TAKEN = List.of("external_id", "email", "user_alias", "braze_id", "phone",
      "_update_existing_only", "push_token_import");

  private static final int BULK_USERS_MAX = 1_000;

  private final Surroundings surroundings;

  public Braze(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /// What a connection needs.
  public record Account(
      @Setting(title = "REST endpoint", help = "The host of your Braze instance, as its dashboard shows it under Settings, APIs and Identifiers.", example = "rest.iad-03.braze.com") String endpoint,
      @Setting(title = "API key", help = "A REST API key with the permissions users.track and users.export.segment, made in Braze under Settings, API keys.") Secret apiKey,
      @Setting(title = "Users per call", help = "How many users go in one call: 50 is within every contract, 75 within most.", standard = "50", min = 1, max = 75) int usersPerCall,
      @Setting(title = "Calls", help = "track: the calls that every contract has. bulk: a thousand users in a call; only where Braze has opened it for you, with a key that has the permission users.track.bulk.", standard = "track") Calls calls) {

    int usersMax() {
      return calls == Calls.BULK ? BULK_USERS_MAX : usersPerCall;
    }
  }

  /// Which of the two calls that take users.
  public enum Calls {
    TRACK("/users/track", "users.track", 1_000_000), BULK("/users/track/bulk", "users.track.bulk", 1_800_000);

    final String path;
    final String permission;
    /** Somewhat below what Braze refuses, where it says what that is. */
    final int bodyBytesMax;

    Calls(String path, String permission, int bodyBytesMax) {
      this.path = path;
      this.permission = permission;
      this.bodyBytesMax = bodyBytesMax;
    }
  }

  /// What happens in Braze to somebody who left.
  public enum Leaving {
    FALSE, NULL, LEAVE_ALONE
  }

  /// What the attribute of a member holds.
  public enum Shape {
    FLAG, SAMPLE
  }

  /// What an export needs.
  public record Target(
      @Setting(title = "Segment API identifier", help = "From the segment's page in Braze. Members get a custom attribute of this name.", example = "6e3c9a10-5f1b-4d0a-9d3e-2f6f6a4f8c11") String segmentId,
      @Setting(title = "Email", help = "The field that holds the customer's e-mail address.", example = "email", isField = true) String email,
      @Setting(title = "Braze customer ID", help = "The field that holds the external_id of the customer in Braze: users who have it are updated. Another field, or none, makes new users.", example = "identity.user_id", isField = true) Optional<String> externalId,
      @Setting(title = "Unknown users", help = "create: a user whom Braze does not know is made; skip: only users whom it knows are updated.", standard = "create") Unknown unknown,
      @Setting(title = "When somebody leaves", help = "false: the attribute becomes false; null: it is taken away; leave_alone: it stays as it is.", standard = "false") Leaving leaving,
      @Setting(title = "Shape of the attribute", help = "flag: the identifier names the attribute, and members have true; sample: the attribute is called Segment_API_Identifier and holds the identifier, as the printed sample has it.", standard = "flag") Shape shape,
      @Setting(title = "Attribute with the names of segments", help = "A custom attribute that lists the segments of this export that the customer is in; none when empty.", example = "portrait_segments") Optional<String> segmentNames) {

    String attribute() {
      return shape == Shape.FLAG ? segmentId : "Segment_API_Identifier";
    }
  }

  /// What happens to a user whom Braze does not know.
  public enum Unknown {
    CREATE, SKIP
  }

  @Override
  public Connector<Account> connector() {
    return new Connector<>("braze", "Braze", "Segments for campaigns and Canvases in Braze.", FORM);
  }

  @Override
  public Form<Target> target() {
    return TARGET;
  }

  @Override
  public Map<String, String> needs(Target target) {
    var needs = new TreeMap<String, String>();
    needs.put("email", target.email());
    target.externalId().ifPresent(from -> needs.put("external_id", from));
    return needs;
  }

  @Override
  public List<String> mistakes(Target target, List<String> columns) {
    var mistakes = new ArrayList<String>();
    columns.stream().filter(TAKEN::contains).forEach(
        column -> mistakes.add("column %s bears a name that Braze gives a meaning of its own".formatted(column)));
    var own = new ArrayList<>(List.of(target.attribute()));
    target.segmentNames().ifPresent(own::add);
    columns.stream().filter(own::contains)
        .forEach(column -> mistakes.add("column %s bears the name of the segment's attribute".formatted(column)));
    return mistakes;
  }

  /// The external id where there is one, else the e-mail address: `e:ann@example.com`.
  @Override
  public Optional<String> key(Target target, CustomerId customer, Map<String, @Nullable Object> values) {
    return text(values.get("external_id")).map(id -> "x:" + id)
        .or(() -> text(values.get("email")).map(address -> "e:" + address.toLowerCase(Locale.ROOT)));
  }

  @Override
  public boolean keysMayCollide() {
    return true;
  }

  @Override
  public boolean readsSegments(Target target) {
    return target.segmentNames().isPresent();
  }

  private static Optional<String> text(@Nullable Object value) {
    return Optional.ofNullable(value).map(Object::toString).map(String::strip).filter(text -> !text.isEmpty());
  }

  @Override
  public String keyRule(Target target) {
    return target.externalId().isPresent() ? "a Braze customer ID or an e-mail address" : "an e-mail address";
  }

  @Override
  public String verify(Account account) {
    try (var calls = calls(account)) {
      return calls.verify();
    }
  }

  @Override
  public Session open(Account account, Target target, RunPlan run) {
    return new BrazeSession(calls(account), account.usersMax(), target);
  }

  private BrazeCalls calls(Account account) {
    return new BrazeCalls(address(account.endpoint()), account.calls(), account.apiKey(), surroundings.clock());
  }

  /// Where the API lies. Only hosts of Braze are called, so a key cannot be lured elsewhere; the operator may name others.
  ///
  /// @throws portrait.foundation.model.ProblemException `invalid_definition`
  URI address(String endpoint) {
    String typed = endpoint.strip().toLowerCase(Locale.ROOT).replaceFirst("/+$", "");
    if (surroundings.furtherHosts().contains(typed)) {
      return URI.create(typed);
    }
    String host = typed.replaceFirst("^https://", "");
    if (REST_HOST.matcher(host).matches()) {
      return URI.create("https://" + host);
    }
    throw Problem.of(Problem.Code.INVALID_DEFINITION,
        "settings.endpoint was '%s' but must be the REST host of a Braze instance".formatted(endpoint),
        hint(host)).asException();
  }

  /// Many people copy the address of the page they look at.
  private static String hint(String host) {
    var dashboard = DASHBOARD.matcher(host);
    if (dashboard.matches()) {
      String instance = dashboard.group(1) == null ? dashboard.group(2) : dashboard.group(1);
      return host.endsWith(".eu") ? "That is a dashboard; its REST host is rest.fra-%s.braze.eu.".formatted(instance)
          : "That is a dashboard; its REST host is rest.iad-%s.braze.com.".formatted(instance);
    }
    return host.startsWith("sdk.") ? "That is the host for apps; the REST host begins with rest."
        : "For example rest.iad-03.braze.com.";
  }
}
