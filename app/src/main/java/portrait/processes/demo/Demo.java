package portrait.processes.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Gatherers;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.jobs.Status;
import portrait.foundation.model.Problem;
import portrait.processes.live.Live;
import portrait.processes.refresh.Refresh;
import portrait.stages.events.Event;
import portrait.stages.events.MessageBody;

/// The sample shop: files written, definitions applied, events received and a refresh run, all through the facades that
/// everybody else uses.
public final class Demo {

  private static final String BY = "demo";
  private static final String EVENTS = "receiving events";
  private static final int BATCH = 500;
  private static final int JOBS_LOOKED_AT = 100;

  private final Definitions definitions;
  private final Live live;
  private final Refresh refresh;
  private final Jobs jobs;
  private final Clock clock;

  public Demo(Definitions definitions, Live live, Refresh refresh, Jobs jobs, Clock clock) {
    this.definitions = definitions;
    this.live = live;
    this.refresh = refresh;
    this.jobs = jobs;
    this.clock = clock;
  }

  /// Whether the home has the whole shop already: its definitions, and a refresh that ended well.
  public boolean isThere() {
    return definitions.find("Source", "shop").isPresent() && jobs.recent(Refresh.JOB, JOBS_LOOKED_AT).stream()
        .anyMatch(job -> job.status() == Status.DONE);
  }

  /// Fills the home. When it is cut off, the next call begins again; what is there already is recognised.
  ///
  /// @param folder where the shop's files go; they stay there, to be looked at and loaded again
  public void fill(Path folder, DemoSize size, DemoListener listener) {
    listener.progress("writing the shop's files", 0, 0);
    ShopFiles.write(folder, size, clock.instant());
    try {
      receive(Files.readAllLines(folder.resolve("events.jsonl")), listener);
      definitions.apply(Files.readString(folder.resolve("shop.yaml")), BY);
    } catch (IOException failure) {
      throw new UncheckedIOException("cannot read the sample shop in " + folder, failure);
    }
    refresh(listener);
  }

  private void refresh(DemoListener listener) {
    var id = refresh.start(Optional.empty(), BY);
    // The watch ends with the job.
    jobs.watch(id, job -> job.tasks().stream().filter(task -> task.status() == Status.RUNNING).findFirst()
        .ifPresent(task -> listener.progress(task.title(), task.rowsDone(), task.rowsExpected())));
    var ended = jobs.await(id);
    if (ended.status() != Status.DONE) {
      throw ended.problem().orElseGet(
          () -> Problem.of(Problem.Code.CANCELLED, "the refresh of the sample shop was " + ended.status()))
          .asException();
    }
  }

  private void receive(List<String> messages, DemoListener listener) {
    int done = 0;
    for (var batch : (Iterable<List<String>>) messages.stream().gather(Gatherers.windowFixed(BATCH))::iterator) {
      String body = "{\"batch\":[%s]}".formatted(String.join(",", batch));
      live.receive(MessageBody.batch(body.getBytes(StandardCharsets.UTF_8)).collect(clock.instant(), Event.LIVE));
      done += batch.size();
      listener.progress(EVENTS, done, messages.size());
    }
  }
}
