package portrait.stages.exports.destinations;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.files.FileStore;
import portrait.foundation.files.Place;
import portrait.foundation.filesets.FileSets;
import portrait.foundation.filesets.RowFile;
import portrait.foundation.model.Problem;
import portrait.foundation.places.FileAccount;
import portrait.foundation.places.Reach;

/// Files, in any place files lie in. A run is kept on this machine until all of it is known, then written file by file;
/// `manifest.json` is last. Nothing counts before it, so whoever reads by it sees all of a run or none of it.
///
/// @param <A> the settings of the place
public final class FileDestination<A extends Record & FileAccount> implements Destination<A, FileLayout> {

  private static final int ROWS_MAX = 1_000;
  private static final Form<FileLayout> TARGET = Form.of(FileLayout.class);

  private final Connector<A> connector;
  private final Reach reach;
  private final FileSets sets;

  public FileDestination(Connector<A> connector, Reach reach, FileSets sets) {
    this.connector = connector;
    this.reach = reach;
    this.sets = sets;
  }

  @Override
  public Connector<A> connector() {
    return connector;
  }

  @Override
  public Form<FileLayout> target() {
    return TARGET;
  }

  @Override
  public String targetName() {
    return "files";
  }

  @Override
  public List<String> mistakes(FileLayout target, List<String> columns) {
    return target.mistakes(columns);
  }

  @Override
  public boolean isWhole() {
    return true;
  }

  @Override
  public boolean sendsCustomers(FileLayout target) {
    return target.customers();
  }

  @Override
  public String verify(A account) {
    var place = account.place(reach);
    try (var store = FileStore.open(place)) {
      store.verifyWriting();
      return "files can be written to %s".formatted(place.address());
    }
  }

  @Override
  public Session open(A account, FileLayout target, RunPlan run) {
    var place = account.place(reach);
    var columns = new ArrayList<String>();
    columns.add(FileLayout.CUSTOMER_ID);
    columns.addAll(run.columns());
    columns.add(FileLayout.CHANGE);
    var store = FileStore.open(place);
    try {
      // What cannot be written is told before a long run, not at its end.
      store.verifyWriting();
      return new Writing(place, store, target, run, sets.rows(columns));
    } catch (RuntimeException | Error failure) {
      store.close();
      throw failure;
    }
  }

  private final class Writing implements Session {

    private final Place place;
    private final FileStore store;
    private final FileLayout target;
    private final RunPlan run;
    private final RowFile rows;
    private long files;

    Writing(Place place, FileStore store, FileLayout target, RunPlan run, RowFile rows) {
      this.place = place;
      this.store = store;
      this.target = target;
      this.run = run;
      this.rows = rows;
    }

    @Override
    public int rowsMax() {
      return ROWS_MAX;
    }

    @Override
    public boolean isAtomic() {
      return true;
    }

    @Override
    public boolean hearsOfLeaving() {
      return !run.isFull();
    }

    @Override
    public Sent send(List<OutRow> some) {
      for (var row : some) {
        var values = new ArrayList<@Nullable Object>();
        values.add(row.customer().toString());
        run.columns().forEach(column -> values.add(row.values().get(column)));
        values.add(row.change().text());
        rows.add(values);
      }
      return Sent.Answered.all(some.size());
    }

    @Override
    public String finish() {
      var contents = new ArrayList<FileSets.Content>();
      if (target.customers()) {
        contents.add(rows.as(run.export()));
      }
      target.tableNames().forEach(table -> contents.add(sets.table(table)));
      var set = sets.write(contents, target.layout(), new FileSets.Run(run.export(), run.run(), run.startedAt(),
          run.isFull()), store, place.address(), Writing::stopWhenAsked);
      files = set.parts().size() + 1;
      return "%s/%s".formatted(place.address(), set.index().substring(0, set.index().lastIndexOf('/')));
    }

    @Override
    public boolean hasPublished(UUID earlier, Instant startedAt) {
      return sets.isThere(target.layout(), new FileSets.Run(run.export(), earlier, startedAt, false), store);
    }

    private static void stopWhenAsked() {
      if (Thread.currentThread().isInterrupted()) {
        throw Problem.of(Problem.Code.CANCELLED, "the run was cancelled").asException();
      }
    }

    @Override
    public long calls() {
      return files;
    }

    @Override
    public void close() {
      try (store) {
        rows.close();
      }
    }
  }
}
