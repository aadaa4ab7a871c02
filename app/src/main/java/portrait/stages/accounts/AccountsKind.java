package portrait.stages.accounts;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.model.Problem;
import portrait.stages.accounts.AccountsDefinition.ContactTable;
import portrait.stages.accounts.AccountsDefinition.SaidContact;
import portrait.stages.sources.Sources;
import portrait.stages.unification.Unification;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Reads `Accounts` definitions: a unification of companies, and where their contacts are.
final class AccountsKind implements Kind<AccountsDefinition> {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String CONTACTS = """
      {"description": "What names the account of a person: a column of a table, or an attribute that is sent.",
        "type": "array", "items": {"oneOf": [
        {"type": "object", "required": ["table", "column", "account"], "additionalProperties": false, "properties": {
          "table": {"description": "A table of people, such as shop.contacts.", "type": "string"},
          "column": {"description": "Holds a key of the table of accounts.", "type": "string"},
          "account": {"description": "One of the tables of accounts.", "type": "string"}}},
        {"type": "object", "required": ["attribute", "account"], "additionalProperties": false, "properties": {
          "attribute": {"description": "As applications send it; group_id is what a group message says.",
            "type": "string", "minLength": 1},
          "account": {"description": "The table of accounts whose key it holds.", "type": "string"}}}]}}""";

  @Override
  public String name() {
    return "Accounts";
  }

  /// That of a unification, without what is about people only.
  @Override
  public String schema() {
    var schema = (ObjectNode) JSON.readTree(Unification.KIND.schema());
    schema.put("title", "Accounts").put("description", "How tables of companies become accounts.");
    var properties = (ObjectNode) schema.path("properties");
    properties.remove("live");
    properties.set("contacts", JSON.readTree(CONTACTS));
    return schema.toPrettyString();
  }

  @Override
  public AccountsDefinition parse(String name, JsonNode spec) {
    var alone = (ObjectNode) spec.deepCopy();
    alone.remove("contacts");
    var contacts = new ArrayList<ContactTable>();
    var said = new ArrayList<SaidContact>();
    spec.path("contacts").forEach(each -> {
      String account = each.path("account").asString();
      if (each.has("attribute")) {
        said.add(new SaidContact(each.path("attribute").asString(), account));
      } else {
        contacts.add(new ContactTable(each.path("table").asString(), each.path("column").asString(), account));
      }
    });
    var definition = new AccountsDefinition(Unification.KIND.parse(name, alone), contacts, said);
    var tables = definition.unification().tables().stream().map(table -> table.table()).toList();
    Stream.concat(contacts.stream().map(ContactTable::account), said.stream().map(SaidContact::account))
        .filter(account -> !tables.contains(account)).findFirst().ifPresent(account -> {
          throw wrong(name, "contacts has account '%s' but must have one of %s".formatted(account, tables),
              "Correct the name.").asException();
        });
    if (!definition.unification().likely().isEmpty()) {
      throw wrong(name, "rule '%s' is probabilistic but must have conditions"
          .formatted(definition.unification().likely().getFirst().name()),
          "Probabilistic rules learn from people; give companies conditions such as the same web domain.")
          .asException();
    }
    return definition;
  }

  @Override
  public List<Problem> check(AccountsDefinition definition, Definitions others) {
    var problems = new ArrayList<>(Unification.checkTables(definition.unification(), others));
    others.all(this).stream().map(AccountsDefinition::unification).map(other -> other.name())
        .filter(other -> !other.equals(definition.unification().name())).findFirst()
        .ifPresent(other -> problems.add(wrong(definition.unification().name(),
            "there are Accounts already, '%s', but there must be one".formatted(other),
            "Add the tables to it, or delete it first.")));
    definition.contacts().stream().filter(contact -> others.all(Sources.KIND).stream()
        .flatMap(source -> source.tables().stream()).noneMatch(table -> table.fullName().equals(contact.table())))
        .forEach(contact -> problems.add(wrong(definition.unification().name(),
            "contacts has '%s', which no Source defines".formatted(contact.table()),
            "Apply the Source with it, in the same file or before.")));
    definition.contacts().forEach(contact -> others.all(Sources.KIND).stream()
        .flatMap(source -> source.tables().stream()).filter(table -> table.fullName().equals(contact.table()))
        .filter(table -> !table.columns().isEmpty()
            && table.columns().stream().noneMatch(column -> column.name().equalsIgnoreCase(contact.column())))
        .forEach(table -> problems.add(wrong(definition.unification().name(),
            "contacts has column '%s', but %s has no such column".formatted(contact.column(), contact.table()),
            "It has %s.".formatted(table.columns().stream().map(column -> column.name()).toList())))));
    return problems;
  }

  @Override
  public List<String> uses(AccountsDefinition definition) {
    return Stream.concat(Unification.KIND.uses(definition.unification()).stream(), definition.contacts().stream()
        .map(contact -> "Source/" + contact.table().substring(0, contact.table().indexOf('.')))).distinct().toList();
  }

  private static Problem wrong(String name, String what, String hint) {
    return Problem.of(Problem.Code.INVALID_DEFINITION, "Accounts %s: %s".formatted(name, what), hint);
  }
}
