package portrait.stages.exports;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.CustomerId;
import portrait.stages.consent.Consent;
import portrait.stages.consent.Purpose;
import portrait.stages.exports.destinations.Destination;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.identity.KnownIdentity;
import portrait.stages.measures.Measures;
import portrait.stages.profiles.Profile;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.Segments;
import portrait.stages.suppression.Fingerprints;
import portrait.stages.suppression.Suppression;

/// Whom an export is about, read in slices in the order of their numbers, each with what is to be sent. Whoever is on the
/// list of those who must not come back is not among them.
final class Audience<T extends Record> {

  private final ExportDefinition export;
  private final Destination<?, T> destination;
  private final T target;
  private final Fields fields;
  private final boolean readsIdentities;
  private final Published published;
  private final List<Purpose> purposes;

  /// What is published of customers, and who must not leave.
  record Published(Profiles profiles, Segments segments, IdentityGraph identities, Measures measures,
      Suppression suppression) {}

  /// Somebody to be sent.
  ///
  /// @param key empty when there is nothing to go by over there
  record Member(long number, CustomerId id, Optional<String> key,
      SequencedMap<String, @Nullable Object> values,
      List<String> segments) {}

  /// @param withoutConsent numbers of those who do not agree, and so are no members
  /// @param upTo the number that the slice ends with; the largest there is for the last one
  record Slice(List<Member> members, List<Long> withoutConsent, long upTo) {}

  /// @param purposes that everybody who is sent must agree to
  Audience(ExportDefinition export, Destination<?, T> destination, Published published, List<Purpose> purposes) {
    this.purposes = purposes;
    this.export = export;
    this.destination = destination;
    this.target = target(export, destination);
    this.published = published;
    var wanted = new LinkedHashMap<String, String>();
    export.columns().forEach(column -> wanted.put(column.name(), column.from()));
    wanted.putAll(destination.needs(target));
    this.fields = new Fields(wanted, published.measures());
    this.readsIdentities = wanted.values().stream().anyMatch(from -> from.startsWith(Fields.IDENTITY));
  }

  /// What an export asks of its place.
  static <T extends Record> T target(ExportDefinition export, Destination<?, T> destination) {
    return destination.target().read(export.settings(), _ -> Optional.empty());
  }

  ExportDefinition export() {
    return export;
  }

  Destination<?, T> destination() {
    return destination;
  }

  T target() {
    return target;
  }

  /// Names of all columns of a row, in order.
  List<String> columns() {
    return fields.names();
  }

  /// About how many there are.
  long size(Transaction tx) {
    if (export.segments().isEmpty()) {
      var counts = published.profiles().counts(tx);
      return counts.known() + counts.unknown();
    }
    var sizes = published.segments().sizes(tx);
    return export.segments().stream().mapToLong(segment -> sizes.getOrDefault(segment, 0L)).max().orElse(0);
  }

  Slice after(Transaction tx, long number, int limit) {
    var numbers = new TreeMap<Long, List<String>>();
    long upTo = Long.MAX_VALUE;
    List<Profile> profiles;
    if (export.segments().isEmpty()) {
      profiles = published.profiles().profilesAfter(tx, number, limit);
      upTo = profiles.size() < limit ? Long.MAX_VALUE : profiles.getLast().customer().number();
    } else {
      for (String segment : export.segments()) {
        var some = published.segments().memberNumbers(tx, segment, number, limit);
        some.forEach(member -> numbers.computeIfAbsent(member, _ -> new ArrayList<>()).add(segment));
        upTo = some.size() < limit ? upTo : Math.min(upTo, some.getLast());
      }
      numbers.tailMap(upTo, false).clear();
      var found = published.profiles().profiles(tx, numbers.keySet());
      profiles = numbers.keySet().stream().filter(found::containsKey).map(found::get).toList();
    }
    var suppressed = published.suppression().list(tx);
    var members = new ArrayList<Member>();
    var withoutConsent = new ArrayList<Long>();
    for (var profile : profiles) {
      if (!agrees(profile)) {
        withoutConsent.add(profile.customer().number());
        continue;
      }
      member(tx, profile, numbers.getOrDefault(profile.customer().number(), List.of()), suppressed)
          .ifPresent(members::add);
    }
    return new Slice(members, withoutConsent, upTo);
  }

  private boolean agrees(Profile profile) {
    return purposes.stream()
        .allMatch(purpose -> purpose.allows(profile.attributes().get(Consent.attribute(purpose.name()))));
  }

  /// Somebody by number, as they are to be sent now; empty when they are not.
  Optional<Member> one(Transaction tx, long number) {
    var profile = published.profiles().profiles(tx, List.of(number)).get(number);
    if (profile == null || !agrees(profile)) {
      return Optional.empty();
    }
    var segments = published.segments().of(tx, profile.customer()).stream().map(membership -> membership.name())
        .filter(export.segments()::contains).toList();
    return segments.isEmpty() && !export.segments().isEmpty() ? Optional.empty()
        : member(tx, profile, segments, published.suppression().list(tx));
  }

  private Optional<Member> member(Transaction tx, Profile profile, List<String> segments, Fingerprints suppressed) {
    List<KnownIdentity> keyRing = readsIdentities || !suppressed.isEmpty()
        ? published.identities().keyRing(tx, profile.customer())
        : List.of();
    if (!suppressed.isEmpty() && suppressed.hasAny(keyRing.stream().map(KnownIdentity::identity).toList())) {
      return Optional.empty();
    }
    var values = fields.values(tx, profile, segments, keyRing);
    return Optional.of(new Member(profile.customer().number(), profile.customer().id(),
        destination.key(target, profile.customer().id(), values), values, segments));
  }
}
