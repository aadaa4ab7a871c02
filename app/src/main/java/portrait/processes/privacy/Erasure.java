package portrait.processes.privacy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import portrait.foundation.jobs.Progress;
import portrait.foundation.jobs.TaskGraph;
import portrait.foundation.jobs.TaskGraph.Task;
import portrait.foundation.model.Identity;
import portrait.foundation.security.Security;
import portrait.processes.refresh.Refresh;
import portrait.processes.refresh.Stages;
import portrait.stages.suppression.Suppression;
import tools.jackson.databind.json.JsonMapper;

/// The work of one erasure, task by task, in the order of the methods. The person is put on the list first, so nothing
/// comes back between two tasks; what is derived is derived anew at the end. Cut short anywhere, it can be asked for
/// again.
final class Erasure {

  private final Stages stages;
  private final Suppression suppression;
  private final Refresh refresh;
  private final Security security;
  private final List<Identity> named;
  private final Certificates certificates;
  private final Function<Traces, List<Holding>> keeping;
  private final UUID id;
  private final Instant now;
  private final String reason;
  private final String by;
  private final AtomicReference<@Nullable Found> found = new AtomicReference<>();

  /// @param held what there was before anything was deleted
  /// @param kept what stays, and is told
  private record Found(Person person, Traces traces, List<Holding> held, List<Holding> kept) {}

  Erasure(Stages stages, Suppression suppression, Refresh refresh, Security security, Collection<Identity> named,
      Certificates certificates, Function<Traces, List<Holding>> keeping, UUID id, Instant now, String reason,
      String by) {
    this.stages = stages;
    this.suppression = suppression;
    this.refresh = refresh;
    this.security = security;
    this.named = List.copyOf(named);
    this.certificates = certificates;
    this.keeping = keeping;
    this.id = id;
    this.now = now;
    this.reason = reason;
    this.by = by;
  }

  TaskGraph graph() {
    return new TaskGraph(List.of(
        new Task("withhold", "Keep them from coming back", List.of(), this::withhold),
        new Task("tables", "Delete rows of tables", List.of("withhold"), this::tables),
        new Task("facts", "Delete events, identities and what follows from them", List.of("tables"), this::facts),
        new Task("copies", "Delete copies in the warehouse", List.of("facts"), this::copies),
        new Task("derive", "Derive everything anew", List.of("copies"), refresh::derive),
        new Task("certificate", "Look whether anything is left", List.of("derive"), this::certify)));
  }

  private void withhold(Progress progress) {
    var person = stages.database().read(tx -> Person.of(tx, stages.identities(), named));
    var traces = stages.database().read(tx -> new Traces(tx, stages, suppression, person));
    found.set(new Found(person, traces, holdings(traces), keeping.apply(traces)));
    stages.database().write(tx -> {
      suppression.add(tx, person.identities(), now);
      return true;
    });
    progress.note("%,d identities".formatted(person.identities().size()));
  }

  /// What the first task found. It is not looked up before: who is who may change while the erasure waits for its turn.
  private Found found() {
    return Objects.requireNonNull(found.get());
  }

  private List<Holding> holdings(Traces traces) {
    var all = new ArrayList<>(stages.database().read(traces::holdings));
    all.addAll(traces.copies());
    return all;
  }

  private void tables(Progress progress) {
    long rows = 0;
    var traces = found().traces();
    for (var table : traces.tables()) {
      var purged = stages.sources().purge(table, traces);
      rows += purged.rows() + purged.refused();
      progress.done(purged.rows() + purged.refused());
    }
    progress.note("%,d rows".formatted(rows));
  }

  private void facts(Progress progress) {
    stages.database().write(tx -> {
      found().traces().quarantined(tx).forEach(message -> stages.events().release(tx, message.number()));
      return true;
    });
    // Looked up again inside: somebody may have been linked to the person meanwhile.
    int gone = stages.live().forget(found().person().customers(), (tx, customer) -> {
      boolean isThere = stages.identities().find(tx, customer.id()).filter(customer::equals).isPresent();
      if (isThere) {
        suppression.add(tx, stages.identities().keyRing(tx, customer).stream().map(known -> known.identity()).toList(),
            now);
      }
      return isThere;
    });
    // After the customers: a run of an export that goes on meanwhile finds nobody to add.
    stages.database().write(tx -> stages.exports().forget(tx, found().person().ids())
        + stages.enrichments().forget(tx, found().person().ids()));
    progress.done(gone);
    progress.note("%,d customers".formatted(gone));
  }

  private void copies(Progress progress) {
    stages.unification().forgetRows(found().person().identities());
    refresh.dropGone(List.of(), progress);
  }

  private void certify(Progress progress) {
    var there = found();
    var subjects = there.person().named().stream().map(there.traces().fingerprints()::hashOf).toList();
    var remains = holdings(there.traces()).stream().filter(holding -> holding.count() > 0).toList();
    long left = remains.stream().mapToLong(Holding::count).sum();
    var certificate = new Certificate(id, now, by, reason, subjects,
        there.held().stream().filter(holding -> holding.count() > 0).toList(), left, there.kept(), "").signed();
    stages.database().write(tx -> {
      certificates.insert(tx, certificate);
      return true;
    });
    certificates.writeList(suppression.list());
    security.audit("person erased", "Certificate/" + id, "%d places, %d left".formatted(certificate.erased().size(),
        left));
    progress.note(left == 0 ? "nothing is left"
        : "%,d are left: %s".formatted(left,
            remains.stream().map(holding -> "%,d %s".formatted(holding.count(), holding.what()))
                .collect(Collectors.joining(", "))));
  }

  static String json(Certificate certificate) {
    return JsonMapper.shared().writeValueAsString(certificate);
  }
}
