package portrait.stages.exports.destinations;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import portrait.foundation.connections.Form;
import portrait.foundation.model.CustomerId;

/// A kind of place that customers can be sent to. A new one is a class that implements this, with the records of its
/// settings inside, a test that inherits the contract, a page, and a line in the catalogue.
///
/// @param <A> what a connection needs: address, account
/// @param <T> what one export to it needs: the list there, the columns that name people
public interface Destination<A extends Record, T extends Record> extends Partner<A> {

  /// What an export to it asks for.
  Form<T> target();

  /// What [#target] is called, for words about it in other languages; places that ask for the same share it.
  default String targetName() {
    return connector().type();
  }

  /// Columns that it needs beside those that were chosen, by the name under which a row has them, and what about the
  /// customer they come from: an attribute, `measure.NAME`, `identity.NAMESPACE`, `customer_id`, `segments`.
  default Map<String, String> needs(T target) {
    return Map.of();
  }

  /// What cannot be sent there: names of columns that are taken, for example.
  default List<String> mistakes(T target, List<String> columns) {
    return List.of();
  }

  /// Whether customers are sent at all; a place may take whole tables only.
  default boolean sendsCustomers(T target) {
    return true;
  }

  /// Who a customer is over there.
  ///
  /// @param values of the columns, those from [#needs] too
  /// @return short, and the same as long as it is the same person there; empty when there is nothing to go by
  default Optional<String> key(T target, CustomerId customer, Map<String, @Nullable Object> values) {
    return Optional.of(customer.toString());
  }

  /// Whether two customers can have the same key there: then only one of them is sent. A CustomerId is nobody else's.
  default boolean keysMayCollide() {
    return false;
  }

  /// Whether it shows in a row which segments of the export somebody is in.
  default boolean readsSegments(T target) {
    return false;
  }

  /// Whether a run is seen there as a whole or not at all, as files are.
  default boolean isWhole() {
    return false;
  }

  /// Says in words what is needed for [#key].
  default String keyRule(T target) {
    return "a CustomerId";
  }

  /// Opens it for one run.
  ///
  /// @throws portrait.foundation.model.ProblemException when it cannot be used now
  Session open(A account, T target, RunPlan run);
}
