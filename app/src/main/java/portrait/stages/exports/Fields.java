package portrait.stages.exports;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Transaction;
import portrait.stages.identity.KnownIdentity;
import portrait.stages.measures.Measures;
import portrait.stages.profiles.Profile;

/// What is read of a customer for the columns of an export.
final class Fields {

  static final String MEASURE = "measure.";
  static final String IDENTITY = "identity.";

  private final SequencedMap<String, Reader> readers = new LinkedHashMap<>();
  private final Measures measures;
  private final boolean readsMeasures;

  private interface Reader {
    @Nullable
    Object read(Customer customer);
  }

  /// A customer while its columns are read.
  private record Customer(Profile profile, List<String> segments, Map<String, Object> measures,
      List<KnownIdentity> keyRing) {}

  /// @param wanted what each column comes from, by its name
  Fields(SequencedMap<String, String> wanted, Measures measures) {
    this.measures = measures;
    wanted.forEach((name, from) -> readers.put(name, reader(from)));
    this.readsMeasures = wanted.values().stream().anyMatch(from -> from.startsWith(MEASURE));
  }

  private static Reader reader(String from) {
    if (from.startsWith(MEASURE)) {
      String name = from.substring(MEASURE.length());
      return customer -> customer.measures().get(name);
    }
    if (from.startsWith(IDENTITY)) {
      String namespace = from.substring(IDENTITY.length());
      return customer -> newest(customer.keyRing(), namespace);
    }
    return switch (from) {
      case "customer_id" -> customer -> customer.profile().customer().id().toString();
      case "segments" -> Customer::segments;
      case "first_seen" -> customer -> customer.profile().firstSeen().toString();
      case "last_seen" -> customer -> customer.profile().lastSeen().toString();
      default -> customer -> customer.profile().attributes().get(from);
    };
  }

  /// Of several e-mail addresses, the one seen last.
  private static @Nullable String newest(List<KnownIdentity> keyRing, String namespace) {
    return keyRing.stream().filter(known -> known.identity().namespace().equals(namespace))
        .max(Comparator.comparing(KnownIdentity::lastSeen).thenComparing(known -> known.identity().value()))
        .map(known -> known.identity().value()).orElse(null);
  }

  List<String> names() {
    return List.copyOf(readers.keySet());
  }

  SequencedMap<String, @Nullable Object> values(Transaction tx, Profile profile, List<String> segments,
      List<KnownIdentity> keyRing) {
    var customer = new Customer(profile, segments, readsMeasures ? measures.of(tx, profile.customer()) : Map.of(),
        keyRing);
    var values = new LinkedHashMap<String, @Nullable Object>();
    readers.forEach((name, reader) -> values.put(name, reader.read(customer)));
    return values;
  }
}
