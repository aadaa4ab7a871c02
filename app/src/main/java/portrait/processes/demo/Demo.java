package portrait.processes.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.stream.Gatherers;
import portrait.foundation.definitions.Definitions;
import portrait.processes.live.Live;
import portrait.stages.events.Event;
import portrait.stages.events.MessageBody;

/// The sample shop: files written, definitions applied, events received and a refresh run, all through the facades that
/// everybody else uses.
public final class Demo {

  private static final String BY = "demo";
  private static final String EVENTS = "receiving events";
  private static final int BATCH = 500;

  private final Definitions definitions;
  private final Live live;
  private final Clock clock;

  public Demo(Definitions definitions, Live live, Clock clock) {
    this.definitions = definitions;
    this.live = live;
    this.clock = clock;
  }

  /// Whether the home has the shop already.
  public boolean isThere() {
    return definitions.find("Source", "shop").isPresent();
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
