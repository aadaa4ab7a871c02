package portrait.stages.enrichments.providers;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.connections.Setting;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Leadspace: what it knows about people who work for companies: title, level, whether the e-mail address is good. One
/// record for each person, with the name of their company.
public final class LeadspaceContacts implements Provider<Leadspace.Account, LeadspaceContacts.Contacts> {

  static final String TYPE = "leadspace_contacts";
  private static final Form<Contacts> CONTACTS = Form.of(Contacts.class);

  private final Leadspace leadspace;
  private final Clock clock;

  public LeadspaceContacts(Leadspace leadspace, Clock clock) {
    this.leadspace = leadspace;
    this.clock = clock;
  }

  /// What an enrichment asks for.
  public record Contacts(
      @Setting(title = "Trusted from", help = "How sure Leadspace must be of the company of somebody for its answer to become part of the profile. What is less sure is in the output table only.", standard = "medium") Leadspace.Confidence trustedFrom) {}

  @Override
  public Connector<Leadspace.Account> connector() {
    return leadspace.connector();
  }

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public String title() {
    return "Leadspace contacts";
  }

  @Override
  public String help() {
    return "What Leadspace knows about people at companies: title, level, whether the e-mail address is good.";
  }

  @Override
  public boolean needsConnection() {
    return true;
  }

  @Override
  public Category category() {
    return Category.CONTACTS;
  }

  @Override
  public Form<Contacts> target() {
    return CONTACTS;
  }

  @Override
  public List<Input> inputs() {
    return List.of(
        new Input("first_name", "First name", "Of the person.", true, List.of("first_name", "FirstName", "givenname")),
        new Input("last_name", "Last name", "Of the person.", true, List.of("last_name", "LastName", "surname")),
        new Input("email", "Email", "Beside the name, one of e-mail, company name and website must be known.", false,
            List.of("email", "identity.email")),
        new Input("company_name", "Company name", "Of the account the person belongs to.", false,
            List.of("account.name", "company", "company_name")),
        new Input("company_website", "Company website", "Of the account the person belongs to.", false,
            List.of("account.website", "account.domain", "website")),
        new Input("title", "Job title", "Makes the match surer.", false, List.of("job_title", "title")),
        new Input("phone", "Phone", "Makes the match surer.", false, List.of("phone", "identity.phone")),
        new Input("country", "Country", "Makes the match surer.", false, List.of("country")));
  }

  @Override
  public boolean isEnough(Contacts target, Map<String, String> values) {
    return values.containsKey("email") || values.containsKey("company_name") || values.containsKey("company_website");
  }

  @Override
  public List<Output> outputs() {
    return List.of(new Output("person.title", "Job title", "JobTitle"),
        new Output("person.level", "Level", "JobLevel"),
        new Output("person.department", "Department", "Department"),
        new Output("person.original_email_verification_status", "Whether the e-mail address is good", "EmailStatus"),
        new Output("person.verification_status", "Whether the person still works there", "VerificationStatus"),
        new Output("person.linkedin_profile", "LinkedIn profile", "LinkedIn"),
        new Output("person.persona", "Persona", "Persona"),
        new Output("person.ug_person_id", "Leadspace id", "LeadspacePersonId"),
        new Output("MatchConfidence", "How sure Leadspace is", "ContactMatchConfidence"),
        new Output("EnrichmentStatus", "What was found", "ContactEnrichmentStatus"));
  }

  @Override
  public long credits(Contacts target, Map<String, String> values) {
    return 1;
  }

  @Override
  public String verify(Leadspace.Account account) {
    return leadspace.verify(account);
  }

  @Override
  public Asking open(Leadspace.Account account, Contacts target, Set<String> inputs, String output) {
    return new LeadspaceAsking(leadspace.calls(account), List.of(LeadspaceAsking.FIRST), LeadspaceContacts::record,
        "Person", target.trustedFrom(), clock);
  }

  private static SequencedMap<String, ObjectNode> record(Asking.Question question) {
    var values = question.values();
    var record = JsonMapper.shared().createObjectNode();
    var person = record.putObject("person");
    for (String input : List.of("first_name", "last_name", "email", "title")) {
      Leadspace.put(person, input, values.get(input));
    }
    Leadspace.put(person, "person_phone", values.get("phone"));
    Leadspace.put(person, "person_country", values.get("country"));
    if (values.containsKey("company_name") || values.containsKey("company_website")) {
      var company = record.putObject("company");
      Leadspace.put(company, "name", values.get("company_name"));
      Leadspace.put(company, "website", values.get("company_website"));
    }
    var records = new LinkedHashMap<String, ObjectNode>();
    records.put(LeadspaceAsking.FIRST, record);
    return records;
  }
}
