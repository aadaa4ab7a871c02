package portrait.stages.exports.destinations;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.connections.Setting;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Problem;
import portrait.foundation.model.Secret;

/// Users in Iterable, and who of them is in one of its static lists. Users are made where there are none; nobody is ever
/// deleted there.
public final class IterableLists implements Destination<IterableLists.Project, IterableLists.StaticList> {

  private static final Form<Project> FORM = Form.of(Project.class);
  private static final Form<StaticList> LIST = Form.of(StaticList.class);
  private static final int NAME_LENGTH_MAX = 255;
  /// What Iterable writes into a profile by itself, or what names the user.
  private static final Set<String> TAKEN = Set.of("email", "userId", "emailListIds", "unsubscribedChannelIds",
      "unsubscribedMessageTypeIds", "subscribedMessageTypeIds", "devices", "itblInternal", "profileUpdatedAt",
      "signupSource");

  private final Surroundings surroundings;

  public IterableLists(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /// Where a project lies.
  public enum DataCenter {
    US("https://api.iterable.com"), EU("https://api.eu.iterable.com");

    private final String host;

    DataCenter(String host) {
      this.host = host;
    }
  }

  /// What names a user over there.
  public enum KnownBy {
    EMAIL, USER_ID
  }

  /// What a connection needs.
  public record Project(
      @Setting(title = "API key", help = "A server-side key of the project.") Secret key,
      @Setting(title = "Data center", help = "Where the project lies: in the United States, or in the European Union.", standard = "us") DataCenter dataCenter,
      @Setting(title = "Address", help = "Empty; another address only where the operator of Portrait allows it.") Optional<String> address) {}

  /// What an export needs.
  public record StaticList(
      @Setting(title = "List", help = "The name of a static list, which is made when there is none, or its number.", example = "Customers in Lyon") String list,
      @Setting(title = "Known by", help = "What names a user in this project: the e-mail address or the user id.", standard = "email") KnownBy knownBy,
      @Setting(title = "Field", help = "The field that holds the customer's e-mail address, or the user id.", example = "email", isField = true) String field) {}

  @Override
  public Connector<Project> connector() {
    return new Connector<>("iterable", "Iterable", "Segments as static lists of users in Iterable.", FORM);
  }

  @Override
  public Form<StaticList> target() {
    return LIST;
  }

  @Override
  public Map<String, String> needs(StaticList target) {
    return Map.of(name(target), target.field());
  }

  @Override
  public List<String> mistakes(StaticList target, List<String> columns) {
    var mistakes = new ArrayList<String>();
    String list = target.list().strip();
    if (list.isEmpty() || list.length() > NAME_LENGTH_MAX) {
      mistakes.add("settings.list was '%s' but must be a name of 1 to %d characters, or the number of a list".formatted(
          target.list(), NAME_LENGTH_MAX));
    }
    columns.stream().filter(TAKEN::contains).forEach(column -> mistakes.add(
        "column %s is kept by Iterable: leave it out, or call it otherwise".formatted(column)));
    return mistakes;
  }

  @Override
  public Optional<String> key(StaticList target, CustomerId customer, Map<String, @Nullable Object> values) {
    return Optional.ofNullable(values.get(name(target))).map(value -> value.toString().strip())
        .map(id -> target.knownBy() == KnownBy.EMAIL ? id.toLowerCase(Locale.ROOT) : id).filter(id -> !id.isEmpty());
  }

  private static String name(StaticList target) {
    return switch (target.knownBy()) {
      case EMAIL -> "email";
      case USER_ID -> "userId";
    };
  }

  @Override
  public boolean keysMayCollide() {
    return true;
  }

  @Override
  public String keyRule(StaticList target) {
    return switch (target.knownBy()) {
      case EMAIL -> "an e-mail address";
      case USER_ID -> "a user id";
    };
  }

  @Override
  public String verify(Project account) {
    try (var calls = calls(account)) {
      return calls.verify();
    }
  }

  @Override
  public Session open(Project account, StaticList target, RunPlan run) {
    return new IterableSession(calls(account), target.list().strip(), name(target));
  }

  /// Only Iterable is called, so a key cannot be lured elsewhere; the operator may name other addresses.
  private IterableCalls calls(Project account) {
    String wanted = account.address().map(typed -> typed.strip().replaceFirst("/+$", ""))
        .filter(typed -> !typed.isEmpty()).orElse(account.dataCenter().host);
    if (!wanted.equals(account.dataCenter().host) && !surroundings.furtherHosts().contains(wanted)) {
      throw Problem.of(Problem.Code.INVALID_DEFINITION,
          "settings.address was '%s' but must be %s".formatted(wanted, account.dataCenter().host), "Leave it out.")
          .asException();
    }
    return new IterableCalls(URI.create(wanted), account.key());
  }
}
