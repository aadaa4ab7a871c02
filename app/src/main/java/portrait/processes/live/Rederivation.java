package portrait.processes.live;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import portrait.foundation.database.Transaction;
import portrait.foundation.expressions.Touched;
import portrait.processes.live.Deviation.Part;
import portrait.stages.identity.CustomerKey;
import portrait.stages.measures.MeasureValues;
import portrait.stages.measures.Measures;
import portrait.stages.profiles.Document;
import portrait.stages.profiles.Profile;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.Segments;
import portrait.stages.segments.Standing;

/// Publishes customers anew from their facts and tells what was different before. Roll the transaction back where only
/// the differences are wanted.
record Rederivation(Evaluation evaluation, Profiles profiles, Measures measures, Segments segments) {

  /// A customer as published.
  private record Published(Optional<Profile> profile, Optional<Document> document, boolean isSearchable,
      Optional<MeasureValues> measures, Map<String, Standing> standings) {

    /// Whether something has to be looked at again by now: then it may differ, and the clock sees to it.
    boolean isDue(Instant now) {
      return Stream.concat(measures.stream().map(MeasureValues::changesAt),
          standings.values().stream().map(Standing::recheckAt))
          .flatMap(Optional::stream).anyMatch(at -> !at.isAfter(now));
    }
  }

  List<Deviation> deviations(Transaction transaction, Collection<CustomerKey> customers, Instant now) {
    var found = new ArrayList<Deviation>();
    for (var customer : customers) {
      var before = published(transaction, customer);
      evaluation.refresh(transaction, customer, Touched.everything(), now);
      var after = published(transaction, customer);
      var parts = EnumSet.noneOf(Part.class);
      if (!before.profile().equals(after.profile()) || !before.document().equals(after.document())) {
        parts.add(Part.PROFILE);
      }
      if (!before.isSearchable()) {
        parts.add(Part.SEARCH);
      }
      if (!before.isDue(now)) {
        if (!before.measures().equals(after.measures())) {
          parts.add(Part.MEASURES);
        }
        if (!before.standings().equals(after.standings())) {
          parts.add(Part.MEMBERSHIPS);
        }
      }
      if (!parts.isEmpty()) {
        found.add(new Deviation(customer, parts));
      }
    }
    return found;
  }

  private Published published(Transaction transaction, CustomerKey customer) {
    return new Published(profiles.profile(transaction, customer), profiles.document(transaction, customer),
        profiles.isSearchable(transaction, customer), measures.stored(transaction, customer),
        segments.standings(transaction, customer));
  }

  void forget(Transaction transaction, CustomerKey customer) {
    profiles.forget(transaction, customer);
    measures.forget(transaction, customer);
    segments.forget(transaction, customer);
  }

  /// Publishes these customers as if they never had been; the time since when their memberships hold stays.
  void mend(Transaction transaction, Collection<Deviation> deviations, Instant now) {
    for (var deviation : deviations) {
      profiles.forget(transaction, deviation.customer());
      measures.forget(transaction, deviation.customer());
      evaluation.refresh(transaction, deviation.customer(), Touched.everything(), now);
    }
  }
}
