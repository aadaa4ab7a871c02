package portrait.processes.live;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import portrait.foundation.expressions.Touched;
import portrait.stages.events.Event;
import portrait.stages.events.Span;
import portrait.stages.identity.CustomerKey;

/// What the messages of one group changed about one customer.
final class Change {

  /** Columns of a customer that may change with any message. */
  private static final List<String> ALWAYS = List.of("Known", "FirstSeen", "LastSeen");

  private final CustomerKey customer;
  private final Set<String> events = new HashSet<>();
  private final Set<String> attributes = new HashSet<>(ALWAYS);
  private Optional<Span> span = Optional.empty();
  private boolean isEverything;

  Change(CustomerKey customer) {
    this.customer = customer;
  }

  CustomerKey customer() {
    return customer;
  }

  void happened(Event event) {
    events.add(event.name());
    var moment = new Span(event.timestamp(), event.timestamp());
    span = Span.union(span, Optional.of(moment));
  }

  /// When the messages of the group happened.
  Optional<Span> span() {
    return span;
  }

  void said(Set<String> names) {
    attributes.addAll(names);
  }

  /// A new customer, or another key ring: every answer may be another.
  void everything() {
    isEverything = true;
  }

  /// Whether its merged attributes are the same as before.
  boolean isSilent() {
    return !isEverything && attributes.size() == ALWAYS.size();
  }

  Touched touched() {
    return isEverything ? Touched.everything() : Touched.of(events, attributes);
  }
}
