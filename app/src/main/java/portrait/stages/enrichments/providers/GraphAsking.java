package portrait.stages.enrichments.providers;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.stages.engagement.Correspondence;
import portrait.stages.engagement.Ledger;

/// One run over the mailboxes of a tenant. The first question begins it; until everything is read the answer is awaited,
/// a page of some mailboxes at a time, so that the run is waited for, stopped and gone on with like any other.
final class GraphAsking implements Asking {

  private static final String TICKET = "mailboxes";

  private final GraphCalls calls;
  private final EngagementCount count;
  private final Microsoft365.Tenant tenant;
  private final Microsoft365.Office office;
  private final String output;
  private final Instant now;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Deque<GraphStep> steps = new ArrayDeque<>();
  private final List<GraphAddress> addresses = new ArrayList<>();
  private final List<GraphMailbox> mailboxes = new ArrayList<>();
  private final Map<String, String> own = new TreeMap<>();
  private @Nullable Ledger ledger;
  private boolean isCounted;
  private List<Question> questions = List.of();

  GraphAsking(GraphCalls calls, EngagementCount count, Microsoft365.Tenant tenant, Microsoft365.Office office,
      String output) {
    this.calls = calls;
    this.count = count;
    this.tenant = tenant;
    this.office = office;
    this.output = output;
    this.now = count.now();
    office.typed().forEach(address -> addresses.add(new GraphAddress(calls, address)));
    steps.addAll(addresses);
  }

  @Override
  public int questionsMax() {
    return EngagementCount.QUESTIONS_MAX;
  }

  @Override
  public Reply ask(List<Question> asked) {
    if (isCounted) {
      return count.answers(output, asked);
    }
    questions = List.copyOf(asked);
    return new Reply.Taken(TICKET);
  }

  @Override
  public Reply collect(String ticket, int size) throws InterruptedException {
    var later = round();
    if (later.isPresent()) {
      return later.get();
    }
    if (!steps.isEmpty()) {
      return new Reply.Working(Duration.ZERO);
    }
    if (ledger == null) {
      begin();
      return new Reply.Working(Duration.ZERO);
    }
    finish(ledger);
    return count.answers(output, questions);
  }

  /// One page each of as many as may be read at once.
  private Optional<Reply.TryLater> round() throws InterruptedException {
    var some = new ArrayList<GraphStep>();
    while (some.size() < tenant.requestsAtOnce() && !steps.isEmpty()) {
      some.add(steps.removeFirst());
    }
    var pages = some.stream().map(step -> threads.submit(step::goOn)).toList();
    var waits = new ArrayList<Reply.TryLater>();
    try {
      for (var page : pages) {
        result(page).ifPresent(waits::add);
      }
    } finally {
      pages.forEach(page -> page.cancel(true));
    }
    // Those that were begun go on first, so that mailboxes come to their end one after the other.
    some.reversed().stream().filter(step -> !step.isDone()).forEach(steps::addFirst);
    // Who asks longest for patience speaks for all: calls that are refused count, too.
    return waits.stream().max(Comparator.comparing(wait -> wait.after().orElse(Duration.ZERO)));
  }

  private static Optional<Reply.TryLater> result(Future<Optional<Reply.TryLater>> page) throws InterruptedException {
    try {
      return page.get();
    } catch (ExecutionException failure) {
      switch (failure.getCause()) {
        case ProblemException refused -> throw new ProblemException(refused.problem(), refused);
        case InterruptedException _ -> throw new InterruptedException();
        case RuntimeException bug -> throw bug;
        case null, default -> throw new IllegalStateException(failure);
      }
    }
  }

  private void begin() {
    var found = found();
    refuseUnlessSo(found.size());
    var primary = new TreeMap<String, String>();
    found.forEach((id, mailbox) -> {
      own.put(mailbox.addresses().getFirst(), id);
      mailbox.addresses().forEach(address -> primary.putIfAbsent(address, mailbox.addresses().getFirst()));
    });
    var opened = count.engagement().ledger(output, tenant.clientSecret());
    ledger = opened;
    found.keySet().forEach(id -> mailboxes.add(new GraphMailbox(calls, opened, id, primary, now)));
    steps.addAll(mailboxes);
  }

  /// A mailbox once, however many addresses lead to it.
  private Map<String, GraphAddress.Mailbox> found() {
    var found = new TreeMap<String, GraphAddress.Mailbox>();
    addresses.forEach(address -> address.mailboxes().forEach(mailbox -> found.putIfAbsent(mailbox.id(), mailbox)));
    return found;
  }

  private static void refuseUnlessSo(int size) {
    if (size < EngagementCount.ADDRESSES_MIN || size > EngagementCount.ADDRESSES_MAX) {
      throw Problem.of(Problem.Code.CONFLICT,
          "settings.addresses leads to %,d mailboxes but must lead to %,d to %,d".formatted(size,
              EngagementCount.ADDRESSES_MIN, EngagementCount.ADDRESSES_MAX),
          "Name other people or groups. What is in no directory, such as a contact, does not count.").asException();
    }
  }

  private void finish(Ledger filled) {
    var ids = found().keySet();
    filled.keepOnly(ids.stream().flatMap(id -> GraphMailbox.places(id).stream()).toList());
    long closed = mailboxes.stream().filter(mailbox -> !mailbox.isOpen()).count();
    count.engagement().count(output, filled, own, count.contacts(office),
        new Correspondence.Reading(mailboxes.size() - closed, closed,
            mailboxes.stream().mapToLong(GraphMailbox::unread).sum()),
        now);
    isCounted = true;
  }

  /// Opens groups, and reads no mailbox.
  ///
  /// @return how many mailboxes the addresses lead to
  long mailboxes() throws InterruptedException {
    while (!steps.isEmpty()) {
      var later = round();
      if (later.isPresent()) {
        throw Problem.of(Problem.Code.SERVER_UNREACHABLE, later.get().why(), "Try again in a while.").asException();
      }
    }
    return found().size();
  }

  @Override
  public long calls() {
    return calls.calls();
  }

  @Override
  public void close() {
    threads.shutdownNow();
    calls.close();
    if (ledger != null) {
      ledger.close();
    }
  }
}
