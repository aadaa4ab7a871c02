package portrait.stages.enrichments.providers;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import portrait.foundation.connections.Connections;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.connections.Setting;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.outside.Reachable;

/// How much mail and how many meetings there are with each account, from the mailboxes of Microsoft 365. The
/// administrator of the tenant must consent first; only who, with whom and when is asked for.
public final class Microsoft365 implements CountsEngagement<Microsoft365.Tenant, Microsoft365.Office> {

  private static final Form<Tenant> FORM = Form.of(Tenant.class);
  private static final Form<Office> OFFICE = Form.of(Office.class);
  private static final String LOGIN = "https://login.microsoftonline.com";
  private static final String GRAPH = "https://graph.microsoft.com";
  /** Those of national clouds, too. */
  private static final List<String> LOGINS = List.of(LOGIN, "https://login.microsoftonline.us",
      "https://login.partner.microsoftonline.cn");
  private static final List<String> GRAPHS = List.of(GRAPH, "https://graph.microsoft.us",
      "https://dod-graph.microsoft.us", "https://microsoftgraph.chinacloudapi.cn");
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9.-]{0,120}";

  private final EngagementCount count;
  private final Reachable reachable;

  public Microsoft365(EngagementCount count, Reachable reachable) {
    this.count = count;
    this.reachable = reachable;
  }

  /// Where the data of a tenant lies.
  public enum Region {
    EUROPE("EU"), UNITED_KINGDOM("EU"), NORTH_AMERICA("NA");

    private final String scope;

    Region(String scope) {
      this.scope = scope;
    }

    /// As tokens call it, where they do.
    String scope() {
      return scope;
    }
  }

  /// What a connection needs: an application that is registered with Microsoft.
  public record Tenant(
      @Setting(title = "Tenant", help = "The domain or the id of your organisation at Microsoft.", example = "shop.onmicrosoft.com") String tenant,
      @Setting(title = "Application id", help = "Of the application that you registered for Portrait, with the application permissions User.Read.All, GroupMember.Read.All, Mail.ReadBasic.All and Calendars.ReadBasic.All.", example = "11111111-2222-3333-4444-555555555555") String applicationId,
      @Setting(title = "Client secret", help = "Of that application. Another one makes the next run read the whole year again.") Secret clientSecret,
      @Setting(title = "Region", help = "Where the data of the tenant lies: Europe, United Kingdom or North America.") Region region,
      @Setting(title = "Requests at once", help = "Microsoft allows four.", standard = "4", min = 1, max = 4) int requestsAtOnce,
      @Setting(title = "After consent", help = "Where Microsoft leads the administrator afterwards; it must be registered for the application.", example = "https://portrait.shop.example/enrichments") Optional<String> redirect,
      @Setting(title = "Sign-in address", help = "Another one for national clouds, or where the operator allows it.", standard = LOGIN) String login,
      @Setting(title = "Graph address", help = "Another one for national clouds, or where the operator allows it.", standard = GRAPH) String graph) {

    public Tenant {
      refuseUnless(tenant.matches(NAME), "settings.tenant must be a domain or an id");
      refuseUnless(applicationId.matches(NAME), "settings.application_id must be an id");
    }

    private static void refuseUnless(boolean isRight, String what) {
      if (!isRight) {
        throw Problem.of(Problem.Code.INVALID_DEFINITION, what).asException();
      }
    }

    /// Where an administrator of the tenant consents.
    URI consentLink() {
      return URI.create("%s/%s/adminconsent?client_id=%s%s".formatted(login.strip().replaceFirst("/+$", ""), tenant,
          applicationId, redirect.map(to -> "&redirect_uri=" + URLEncoder.encode(to, StandardCharsets.UTF_8))
              .orElse("")));
    }
  }

  /// What an enrichment needs.
  public record Office(
      @Setting(title = "Addresses", help = "E-mail addresses of people and groups of your organisation, with commas between them: 2 to 2,500 mailboxes once groups are opened. Only their mail and meetings are counted.", example = "sales-team@shop.example, ann@shop.example") String addresses,
      @Setting(title = "Contact table", help = "A loaded table with the contacts of accounts.", example = "crm.contacts") String contacts,
      @Setting(title = "E-mail column", help = "The column of that table with the address.", example = "email") String email,
      @Setting(title = "Hours before the first run", help = "From the consent of the administrator.", standard = "6", max = 168) int firstRunAfterHours,
      @Setting(title = "Ask the administrator through", help = "An e-mail connection: its addresses are sent the link where they consent.", example = "administrators") Optional<String> askThrough,
      @Setting(title = "I agree", help = "Metadata of mail and meetings is counted by account, and those who answer for the mailboxes know it.", example = "true") boolean agreed)
      implements
        EngagementCount.Target {}

  @Override
  public Connector<Tenant> connector() {
    return new Connector<>("microsoft365", "Microsoft 365",
        "Counts mail and meetings with each account, from Microsoft 365. Nobody's mail is read or kept.", FORM);
  }

  @Override
  public EngagementCount count() {
    return count;
  }

  @Override
  public boolean needsConnection() {
    return true;
  }

  @Override
  public Form<Office> target() {
    return OFFICE;
  }

  @Override
  public List<String> mistakes(Office target, Definitions others) {
    var mistakes = count.mistakes(target, 1, others);
    target.askThrough().filter(name -> others.one(Connections.KIND, name).isEmpty())
        .ifPresent(name -> mistakes.add("settings.ask_through was '%s' but there is no connection of that name"
            .formatted(name)));
    return mistakes;
  }

  @Override
  public boolean isAllowedByOthers() {
    return true;
  }

  @Override
  public Duration firstRunAfter(Office target) {
    return Duration.ofHours(target.firstRunAfterHours());
  }

  @Override
  public Optional<String> askedThrough(Office target) {
    return target.askThrough();
  }

  private GraphCalls calls(Tenant tenant) {
    return new GraphCalls(tenant, reachable.oneOf("settings.login", tenant.login(), LOGINS),
        reachable.oneOf("settings.graph", tenant.graph(), GRAPHS), count);
  }

  @Override
  public Allowed allowed(Tenant account) {
    try (var calls = calls(account)) {
      return calls.allowed();
    } catch (InterruptedException asked) {
      throw stopped(asked);
    }
  }

  @Override
  public String verify(Tenant account) {
    return switch (allowed(account)) {
      case Allowed.Missing(var what, var link) ->
        "Microsoft lets Portrait sign in, but the administrator has not consented to %s yet: %s"
            .formatted(String.join(", ", what), link);
      case Allowed.Given _,Allowed.NotNeeded _ ->
        "Microsoft lets Portrait sign in, and the administrator has consented";
    };
  }

  @Override
  public OptionalLong mailboxes(Tenant account, Office target) {
    try (var asking = open(account, target, "")) {
      return OptionalLong.of(asking.mailboxes());
    } catch (InterruptedException asked) {
      throw stopped(asked);
    }
  }

  private static ProblemException stopped(InterruptedException asked) {
    Thread.currentThread().interrupt();
    return new ProblemException(Problem.of(Problem.Code.CANCELLED, "stopped while asking Microsoft"), asked);
  }

  @Override
  public Asking open(Tenant account, Office target, Set<String> inputs, String output) {
    return open(account, target, output);
  }

  private GraphAsking open(Tenant account, Office target, String output) {
    return new GraphAsking(calls(account), count, account, target, output);
  }
}
