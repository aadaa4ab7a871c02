package portrait.stages.exports.destinations;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.connections.Setting;
import portrait.foundation.model.CustomerId;
import portrait.foundation.model.Problem;
import portrait.foundation.model.Secret;

/// Contacts in HubSpot, and who of them is in one of its lists. Contacts are found by their e-mail address and made where
/// there is none; nobody is ever deleted there.
public final class HubSpot implements Destination<HubSpot.Account, HubSpot.ContactList> {

  static final String HOST = "https://api.hubapi.com";

  private static final Form<Account> FORM = Form.of(Account.class);
  private static final Form<ContactList> LIST = Form.of(ContactList.class);
  private static final Pattern PROPERTY = Pattern.compile("[a-z][a-z0-9_]*");

  private final Surroundings surroundings;

  public HubSpot(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /// What a connection needs.
  public record Account(
      @Setting(title = "Access token", help = "Of a private app with the scopes crm.objects.contacts.read, crm.objects.contacts.write, crm.lists.read and crm.lists.write.") Secret token,
      @Setting(title = "Address", help = "Where HubSpot is called.", standard = HOST) String address) {}

  /// What an export needs.
  public record ContactList(
      @Setting(title = "List", help = "The number of a static list of contacts, from its page in HubSpot.", example = "1042") String list,
      @Setting(title = "Email", help = "The field that holds the customer's e-mail address.", example = "email", isField = true) String email) {}

  @Override
  public Connector<Account> connector() {
    return new Connector<>("hubspot", "HubSpot", "Segments as lists of contacts in HubSpot.", FORM);
  }

  @Override
  public Form<ContactList> target() {
    return LIST;
  }

  @Override
  public Map<String, String> needs(ContactList target) {
    return Map.of(HubSpotSession.EMAIL, target.email());
  }

  @Override
  public List<String> mistakes(ContactList target, List<String> columns) {
    var mistakes = new ArrayList<String>();
    if (!target.list().strip().matches("[0-9]{1,18}")) {
      mistakes.add("settings.list was '%s' but must be the number of a list".formatted(target.list()));
    }
    columns.stream().filter(column -> column.equals(HubSpotSession.EMAIL)).forEach(
        _ -> mistakes.add("column email is sent in any case: leave it out"));
    columns.stream().filter(column -> !PROPERTY.matcher(column).matches()).forEach(column -> mistakes.add(
        "column %s cannot be a property of HubSpot: those have small letters, digits and underscores".formatted(
            column)));
    return mistakes;
  }

  @Override
  public Optional<String> key(ContactList target, CustomerId customer, Map<String, @Nullable Object> values) {
    return Optional.ofNullable(values.get(HubSpotSession.EMAIL)).map(Object::toString)
        .map(address -> address.strip().toLowerCase(Locale.ROOT)).filter(address -> !address.isEmpty());
  }

  @Override
  public boolean keysMayCollide() {
    return true;
  }

  @Override
  public String keyRule(ContactList target) {
    return "an e-mail address";
  }

  @Override
  public String verify(Account account) {
    try (var calls = calls(account)) {
      return calls.verify();
    }
  }

  @Override
  public Session open(Account account, ContactList target, RunPlan run) {
    return new HubSpotSession(calls(account), target.list().strip());
  }

  /// Only HubSpot is called, so a token cannot be lured elsewhere; the operator may name other addresses.
  private HubSpotCalls calls(Account account) {
    String typed = account.address().strip().replaceFirst("/+$", "");
    if (!typed.equals(HOST) && !surroundings.furtherHosts().contains(typed)) {
      throw Problem.of(Problem.Code.INVALID_DEFINITION,
          "settings.address was '%s' but must be %s".formatted(account.address(), HOST),
          "Leave it out.").asException();
    }
    return new HubSpotCalls(URI.create(typed), account.token());
  }
}
