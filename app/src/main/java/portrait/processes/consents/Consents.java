package portrait.processes.consents;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.expressions.Columns;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.processes.consents.Standing.Said;
import portrait.processes.live.Lineage;
import portrait.processes.live.Live;
import portrait.stages.consent.Consent;
import portrait.stages.consent.Purpose;
import portrait.stages.consent.Status;
import portrait.stages.events.Collected;
import portrait.stages.events.Event;
import portrait.stages.events.EventType;
import tools.jackson.databind.json.JsonMapper;

/// What people agree to: where one of them stands, what they say from now on, how many said what.
public final class Consents {

  /// The name of the event by which a word about consent is written down here.
  public static final String EVENT = "Consent Changed";

  private final Definitions definitions;
  private final Live live;
  private final Warehouse warehouse;
  private final Clock clock;

  public Consents(Definitions definitions, Live live, Warehouse warehouse, Clock clock) {
    this.definitions = definitions;
    this.live = live;
    this.warehouse = warehouse;
    this.clock = clock;
  }

  /// Where a customer stands with each purpose that is defined, and each they said something about.
  public Optional<List<Standing>> of(Identity identity) {
    return live.lineage(identity).map(this::standings);
  }

  /// The same where it is known already what every source says.
  public List<Standing> standings(Lineage lineage) {
    var said = new TreeMap<String, Lineage.Attribute>();
    lineage.attributes().stream().filter(attribute -> Consent.isAbout(attribute.name()))
        .forEach(attribute -> said.put(Consent.ofAttribute(attribute.name()), attribute));
    return purposes(said.keySet()).stream().map(purpose -> standing(purpose, Optional.ofNullable(said.get(purpose))))
        .toList();
  }

  private Set<String> purposes(Set<String> mentioned) {
    var names = new TreeSet<>(mentioned);
    definitions.all(Purpose.KIND).forEach(purpose -> names.add(purpose.name()));
    return names;
  }

  private Standing standing(String name, Optional<Lineage.Attribute> attribute) {
    var purpose = definitions.one(Purpose.KIND, name);
    var status = attribute.map(each -> Status.of(each.value())).orElse(Status.UNKNOWN);
    boolean isAllowed = purpose.map(each -> each.allows(status.text())).orElse(status == Status.GRANTED);
    var said = attribute.stream().flatMap(each -> each.said().stream())
        .map(each -> new Said(Status.of(each.value()), each.source(), each.at(), each.identity()))
        .sorted(Comparator.comparing(Said::at, Comparator.nullsFirst(Comparator.<Instant>naturalOrder())).reversed()
            .thenComparing(Comparator.comparing(Said::status).reversed()).thenComparing(Said::source)
            .thenComparing(Said::identity))
        .toList();
    // Sorted as they are merged, so the first is the one that counts.
    return new Standing(name, purpose.map(Purpose::title).orElse(name), status, isAllowed, purpose.isPresent(),
        said.stream().findFirst(), said);
  }

  /// Writes down what somebody says now, or said before. It is an event like any other: durable and visible when this
  /// returns, on the timeline, and found when the facts are derived anew.
  ///
  /// @param identity under which it is said; the namespace `customer` takes a CustomerId
  /// @throws portrait.foundation.model.ProblemException `unknown_profile` for a CustomerId nobody has; `conflict` when
  ///   the person was erased and must not come back
  public void say(Identity identity, String purpose, Status status, Optional<Instant> at) {
    var now = clock.instant();
    if (at.filter(moment -> moment.isAfter(now)).isPresent()) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "at was %s but must not lie in the future"
          .formatted(at.orElseThrow())).asException();
    }
    var mapper = JsonMapper.shared();
    var context = mapper.createObjectNode();
    context.putObject("consent").putObject("categoryPreferences").put(purpose, status.text());
    var event = new Event("consent-" + UUID.randomUUID(), EventType.TRACK, EVENT, at.orElse(now), now, Event.LIVE,
        List.of(named(identity)),
        mapper.createObjectNode().put("purpose", Consent.purpose(purpose)).put("status", status.text()), context);
    var receipt = live.receive(List.of(Collected.Accepted.of(event)));
    receipt.objections().values().stream().findFirst().ifPresent(objection -> {
      throw objection.asException();
    });
    if (receipt.accepted() == 0) {
      throw Problem.of(Problem.Code.CONFLICT, "nothing is taken in about this identity: the person was erased",
          "POST /api/v1/privacy/suppressed/lift lets them come in again.").asException();
    }
  }

  /// An identity that an event can carry: a CustomerId is none.
  private Identity named(Identity identity) {
    if (!identity.namespace().equals("customer")) {
      return identity;
    }
    var unknown = Problem.of(Problem.Code.UNKNOWN_PROFILE, "there is no such customer");
    var ring = new ArrayList<>(live.find(identity).orElseThrow(unknown::asException).identities());
    return ring.stream().map(seen -> new Identity(seen.namespace(), seen.value()))
        .min(Comparator.comparing((Identity one) -> one.namespace().indexOf('.') >= 0)
            .thenComparing(one -> one.namespace().equals("anonymous_id")).thenComparing(Comparator.naturalOrder()))
        .orElseThrow(unknown::asException);
  }

  /// How many customers of the last refresh said what, for each purpose that is defined or that anybody said something
  /// about.
  public List<Tally> tallies() {
    return warehouse.read(session -> {
      var columns = Columns.of(session).customer().columns().stream().map(column -> column.name())
          .filter(Consent::isAbout).toList();
      var mentioned = new TreeSet<>(columns.stream().map(Consent::ofAttribute).toList());
      long all = session.exists("Customer")
          ? session.first(Sql.of("SELECT count(*) FROM \"Customer\""), row -> row.number(1)).orElseThrow()
          : 0;
      return purposes(mentioned).stream().map(name -> {
        long[] said = new long[2];
        if (mentioned.contains(name)) {
          session.each(Sql.format("""
              SELECT count(*) FILTER ({} = 'granted'), count(*) FILTER ({} = 'denied') FROM "Customer\"""",
              column(name), column(name)), row -> {
                said[0] = row.number(1);
                said[1] = row.number(2);
              });
        }
        return tally(name, said[0], said[1], all - said[0] - said[1]);
      }).toList();
    });
  }

  private static Sql column(String purpose) {
    return Sql.name(Consent.attribute(purpose));
  }

  private Tally tally(String name, long granted, long denied, long unknown) {
    return definitions.one(Purpose.KIND, name)
        .map(purpose -> new Tally(name, purpose.title(), purpose.description(), true, purpose.isOptOut(),
            purpose.defaults().stream().sorted().map(place -> place.name().toLowerCase(Locale.ROOT)).toList(), granted,
            denied, unknown))
        .orElseGet(() -> new Tally(name, name, "", false, false, List.of(), granted, denied, unknown));
  }
}
