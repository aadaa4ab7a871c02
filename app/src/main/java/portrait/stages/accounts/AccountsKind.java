package portrait.stages.accounts;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.definitions.Kind;
import portrait.foundation.model.Problem;
import portrait.stages.accounts.AccountsDefinition.ContactTable;
import portrait.stages.accounts.AccountsDefinition.Parent;
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

  private static final String PARENTS = """
      {"description": "What names the account that an account belongs to, such as the mother of a subsidiary.",
        "type": "array", "items": {
        "type": "object", "required": ["table", "column"], "additionalProperties": false, "properties": {
          "table": {"description": "One of the tables of accounts.", "type": "string"},
          "column": {"description": "Holds a key of a table of accounts.", "type": "string"},
          "account": {"description": "The table whose key it holds; the same one unless you say otherwise.",
            "type": "string"}}}}""";

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
    properties.set("parents", JSON.readTree(PARENTS));
    return schema.toPrettyString();
  }

  @Override
  public AccountsDefinition parse(String name, JsonNode spec) {
    var alone = (ObjectNode) spec.deepCopy();
    alone.remove("contacts");
    alone.remove("parents");
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
    var parents = spec.path("parents").valueStream().map(each -> new Parent(each.path("table").asString(),
        each.path("column").asString(), each.path("account").asString(each.path("table").asString()))).toList();
    var definition = new AccountsDefinition(Unification.KIND.parse(name, alone), contacts, said, parents);
    var tables = definition.unification().tables().stream().map(table -> table.table()).toList();
    Stream.concat(contacts.stream().map(ContactTable::account), said.stream().map(SaidContact::account))
        .filter(account -> !tables.contains(account)).findFirst().ifPresent(account -> {
          throw wrong(name, "contacts has account '%s' but must have one of %s".formatted(account, tables),
              "Correct the name.").asException();
        });
    parents.stream().flatMap(parent -> Stream.of(parent.table(), parent.account()))
        .filter(table -> !tables.contains(table)).findFirst().ifPresent(table -> {
          throw wrong(name, "parents has table '%s' but must have one of %s".formatted(table, tables),
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
    definition.contacts().forEach(contact -> column(definition, "contacts", contact.table(), contact.column(), others)
        .ifPresent(problems::add));
    definition.parents().forEach(parent -> column(definition, "parents", parent.table(), parent.column(), others)
        .ifPresent(problems::add));
    return problems;
  }

  /// What is wrong when a table has no such column.
  private static Optional<Problem> column(AccountsDefinition definition, String member, String table, String column,
      Definitions others) {
    return others.all(Sources.KIND).stream().flatMap(source -> source.tables().stream())
        .filter(each -> each.fullName().equals(table) && !each.columns().isEmpty()
            && each.columns().stream().noneMatch(known -> known.name().equalsIgnoreCase(column)))
        .findFirst().map(each -> wrong(definition.unification().name(),
            "%s has column '%s', but %s has no such column".formatted(member, column, table),
            "It has %s.".formatted(each.columns().stream().map(known -> known.name()).toList())));
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
