package portrait.stages.enrichments.providers;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.definitions.Definitions;
import portrait.stages.engagement.Coverage;
import portrait.stages.engagement.History;

/// Somebody who knows more about customers. A new one is a class that implements this, with the records of its settings
/// inside, a test, a page, and a line in the catalogue.
///
/// @param <A> what a connection needs; [NoAccount] where everything stays in this installation
/// @param <T> what one enrichment asks for
public interface Provider<A extends Record, T extends Record> {

  /// For a provider that nothing is sent out to.
  record NoAccount() {}

  /// The tiles that are shown together.
  enum Category {
    /** What is known about companies. */
    COMPANIES,
    /** Phone numbers and addresses. */
    CONTACTS,
    /** Data of one's own. */
    OWN
  }

  /// What it is called, what it is for, and what a connection to it is.
  Connector<A> connector();

  /// As it is written in definitions.
  default String type() {
    return connector().type();
  }

  /// What it is called.
  default String title() {
    return connector().title();
  }

  /// What it is for, in a sentence.
  default String help() {
    return connector().help();
  }

  /// Whether customers leave this installation, through a connection that somebody answers for.
  boolean needsConnection();

  Category category();

  /// What an enrichment asks for.
  Form<T> target();

  /// What it can be told about a customer.
  List<Input> inputs();

  /// Whether it can be told anything else, too: then nobody is asked about of whom not all of that is known.
  default boolean takesOtherInputs() {
    return false;
  }

  /// Whether what is known of somebody, beside the required inputs, is enough to be asked about.
  default boolean isEnough(T target, Map<String, String> values) {
    return true;
  }

  /// What one question costs, in the credits of the provider. What costs nothing may be asked twice without harm.
  default long credits(T target, Map<String, String> values) {
    return 0;
  }

  /// The provider that knows the contacts of those accounts whom this one knows.
  default Optional<String> ofContacts() {
    return Optional.empty();
  }

  /// What is kept of answers when nobody says otherwise; empty when that depends on the place.
  default List<Output> outputs() {
    return List.of();
  }

  /// What is wrong with the settings, beside what the form finds.
  ///
  /// @param others every definition as it will be
  default List<String> mistakes(T target, Definitions others) {
    return List.of();
  }

  /// Changes when the same question may have another answer, as far as that is known without asking.
  default String edition(T target) {
    return "";
  }

  /// Really asks the place whether the account is right, without paying for anything.
  ///
  /// @return what was found, in one sentence
  /// @throws portrait.foundation.model.ProblemException that names the likely cause
  String verify(A account);

  /// Whether those who answer for the data over there must allow that it is read.
  default boolean isAllowedByOthers() {
    return false;
  }

  /// Whether those who answer for the data over there allow that it is read. Nothing else is asked for.
  ///
  /// @throws portrait.foundation.model.ProblemException when the place cannot be asked
  default Allowed allowed(A account) {
    return new Allowed.NotNeeded();
  }

  /// How long after it was allowed the first run begins.
  default Duration firstRunAfter(T target) {
    return Duration.ZERO;
  }

  /// How many mailboxes the addresses lead to, where groups must be asked for first.
  ///
  /// @throws portrait.foundation.model.ProblemException when the place cannot be asked
  default OptionalLong mailboxes(A account, T target) {
    return OptionalLong.empty();
  }

  /// The connection through which those who can allow it are asked; empty where nobody is written to.
  default Optional<String> askedThrough(T target) {
    return Optional.empty();
  }

  /// What those who answer for the data over there say.
  sealed interface Allowed {

    /// Nobody need be asked.
    record NotNeeded() implements Allowed {}

    /// The place itself proved it.
    record Given() implements Allowed {}

    /// @param what they have not allowed
    /// @param link where they do
    record Missing(List<String> what, URI link) implements Allowed {

      public Missing {
        what = List.copyOf(what);
      }
    }
  }

  /// Opens it for one run.
  ///
  /// @param inputs what it will be told
  /// @param output the output table, after which [tables][#tables] of its own are named
  /// @throws portrait.foundation.model.ProblemException when it cannot be used now
  Asking open(A account, T target, Set<String> inputs, String output);

  /// The tables that it writes beside the output table; they go with that.
  ///
  /// @param output what their names begin with
  default List<Table> tables(String output) {
    return List.of();
  }

  /// How much there was with an account, from the tables of the last run; empty where that is not counted.
  default Optional<History> history(String output, String account) {
    return Optional.empty();
  }

  /// What the last count of mail and meetings rests on; empty where they are not counted.
  default Optional<Coverage> coverage(String output) {
    return Optional.empty();
  }

  /// A table beside the output table.
  ///
  /// @param title what its rows are
  /// @param key its columns that tell rows apart
  /// @param isShown false for what it keeps to itself
  record Table(String name, String title, List<String> key, boolean isShown) {

    public Table {
      key = List.copyOf(key);
    }
  }

  /// Something to be told about a customer.
  ///
  /// @param isRequired whether a customer without it is not asked about
  /// @param usual names of fields that usually hold it, the likeliest first
  record Input(String name, String title, String help, boolean isRequired, List<String> usual) {

    public Input {
      usual = List.copyOf(usual);
    }

    public Input(String name, String title, String help, boolean isRequired) {
      this(name, title, help, isRequired, List.of());
    }
  }

  /// Something that answers have.
  ///
  /// @param name its path in the answer
  /// @param attribute what it is called when nobody says otherwise
  record Output(String name, String title, String attribute) {}
}
