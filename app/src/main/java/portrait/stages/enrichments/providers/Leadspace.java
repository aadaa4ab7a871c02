package portrait.stages.enrichments.providers;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Stream;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.connections.Setting;
import portrait.foundation.model.Secret;
import portrait.foundation.outside.Reachable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Leadspace: what it knows about companies, by their name, and by website and location where those are known. A company
/// has a main address and may have a second one; both are asked about apart.
public final class Leadspace implements Provider<Leadspace.Account, Leadspace.Companies> {

  private static final String SECOND = "secondary";
  private static final Form<Account> FORM = Form.of(Account.class);
  private static final Form<Companies> COMPANIES = Form.of(Companies.class);
  private static final String HOST = "https://apigw.leadspace.com";

  private final Reachable reachable;
  private final Clock clock;

  public Leadspace(Reachable reachable, Clock clock) {
    this.reachable = reachable;
    this.clock = clock;
  }

  /// What a connection needs.
  public record Account(
      @Setting(title = "Leadspace token", help = "The perpetual key that Leadspace sends by e-mail. It ends two years after it was issued.") Secret token,
      @Setting(title = "Address", help = "Where the API lies; another one only where the operator allows it.", standard = HOST) String address) {}

  /// How sure Leadspace is whom it found.
  public enum Confidence {
    VERY_LOW, LOW, MEDIUM, HIGH;

    static Confidence of(String level) {
      return Stream.of(values()).filter(each -> each.name().equals(level.strip().toUpperCase(Locale.ROOT)
          .replace(' ', '_'))).findFirst().orElse(VERY_LOW);
    }
  }

  /// What an enrichment asks for.
  public record Companies(
      @Setting(title = "Trusted from", help = "How sure Leadspace must be for its answer to become part of the profile. What is less sure is in the output table only.", standard = "medium") Confidence trustedFrom) {}

  @Override
  public Connector<Account> connector() {
    return new Connector<>("leadspace", "Leadspace", "What Leadspace knows about companies: industry, size, location.",
        FORM);
  }

  @Override
  public boolean needsConnection() {
    return true;
  }

  @Override
  public Category category() {
    return Category.COMPANIES;
  }

  @Override
  public Form<Companies> target() {
    return COMPANIES;
  }

  @Override
  public Optional<String> ofContacts() {
    return Optional.of(LeadspaceContacts.TYPE);
  }

  @Override
  public List<Input> inputs() {
    return Stream.concat(address("", "Company", true), address(SECOND + "_", "Secondary: company", false)).toList();
  }

  private static Stream<Input> address(String prefix, String title, boolean isMain) {
    return Stream.of(
        new Input(prefix + "company_name", title + " name", isMain ? "By which the company is looked for."
            : "Of a second address, which is asked about apart and costs a credit of its own. Its values are kept as secondary.company.industry, for example.",
            isMain, isMain ? List.of("name", "company", "company_name", "account_name", "organization") : List.of()),
        new Input(prefix + "website", title + " website", "Makes the match surer.", false,
            isMain ? List.of("website", "domain", "web", "url") : List.of()),
        new Input(prefix + "location", title + " location",
            "Makes the match surer: a place such as Lyon, France, or where each part has a field of its own, the parts below.",
            false, isMain ? List.of("location", "address") : List.of()),
        new Input(prefix + "street", title + " street", "A part of the location.", false,
            isMain ? List.of("street") : List.of()),
        new Input(prefix + "postal_code", title + " postal code", "A part of the location.", false,
            isMain ? List.of("postal_code", "postcode", "zip") : List.of()),
        new Input(prefix + "city", title + " city", "A part of the location.", false,
            isMain ? List.of("city", "town") : List.of()),
        new Input(prefix + "state", title + " state", "A part of the location.", false,
            isMain ? List.of("state", "region") : List.of()),
        new Input(prefix + "country", title + " country", "A part of the location.", false,
            isMain ? List.of("country") : List.of()));
  }

  @Override
  public List<Output> outputs() {
    return List.of(new Output("company.industry", "Industry", "Industry"),
        new Output("company.sub_industry", "Sub-industry", "SubIndustry"),
        new Output("company.employees.exact", "Employees", "Employees"),
        new Output("company.employees.range", "Employees, range", "EmployeesRange"),
        new Output("company.revenue_dollar.range", "Revenue in dollars, range", "RevenueRange"),
        new Output("company.ownership", "Ownership", "Ownership"),
        new Output("company.naics", "NAICS", "Naics"),
        new Output("company.sic", "SIC", "Sic"),
        new Output("company.address.city", "City", "CompanyCity"),
        new Output("company.address.country", "Country", "CompanyCountry"),
        new Output("company.linkedin_profile", "LinkedIn profile", "LinkedIn"),
        new Output("company.ug_company_id", "Leadspace id", "LeadspaceId"),
        new Output("MatchConfidence", "How sure Leadspace is", "MatchConfidence"),
        new Output("EnrichmentStatus", "What was found", "EnrichmentStatus"),
        new Output("RequestedAt", "When it was asked", "RequestedAt"));
  }

  /// Each address that is asked about is a credit.
  @Override
  public long credits(Companies target, Map<String, String> values) {
    return values.containsKey(SECOND + "_company_name") ? 2 : 1;
  }

  @Override
  public String verify(Account account) {
    try (var calls = calls(account)) {
      return calls.verify();
    }
  }

  @Override
  public Asking open(Account account, Companies target, Set<String> inputs, String output) {
    boolean isTwo = inputs.contains(SECOND + "_company_name");
    return new LeadspaceAsking(calls(account), isTwo ? List.of(LeadspaceAsking.FIRST, SECOND)
        : List.of(LeadspaceAsking.FIRST), Leadspace::records, "Company", target.trustedFrom(), clock);
  }

  LeadspaceCalls calls(Account account) {
    return new LeadspaceCalls(reachable.oneOf("settings.address", account.address(), List.of(HOST)), account.token());
  }

  private static SequencedMap<String, ObjectNode> records(Asking.Question question) {
    var records = new LinkedHashMap<String, ObjectNode>();
    for (String part : List.of(LeadspaceAsking.FIRST, SECOND)) {
      String prefix = part.isEmpty() ? "" : part + "_";
      if (question.values().containsKey(prefix + "company_name")) {
        records.put(part, record(question.values(), prefix));
      }
    }
    return records;
  }

  private static ObjectNode record(Map<String, String> values, String prefix) {
    var record = JsonMapper.shared().createObjectNode();
    var company = record.putObject("company");
    put(company, "name", values.get(prefix + "company_name"));
    put(company, "website", values.get(prefix + "website"));
    var address = new LinkedHashMap<>(Place.read(values.getOrDefault(prefix + "location", "")));
    Map.of("street", "street", "postal_code", "postalcode", "city", "city", "state", "state", "country", "country")
        .forEach((input, member) -> Optional.ofNullable(values.get(prefix + input))
            .ifPresent(value -> address.put(member, value)));
    if (!address.isEmpty()) {
      var written = company.putObject("address");
      address.entrySet().stream().sorted(Map.Entry.comparingByKey())
          .forEach(entry -> written.put(entry.getKey(), entry.getValue()));
    }
    return record;
  }

  static void put(ObjectNode to, String member, @org.jspecify.annotations.Nullable String value) {
    if (value != null) {
      to.put(member, value);
    }
  }
}
