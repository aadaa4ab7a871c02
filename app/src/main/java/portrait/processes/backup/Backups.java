package portrait.processes.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import portrait.foundation.database.Database;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.database.Migrations;
import portrait.foundation.database.Snapshot;
import portrait.foundation.jobs.JobId;
import portrait.foundation.jobs.Jobs;
import portrait.foundation.jobs.Progress;
import portrait.foundation.jobs.TaskGraph;
import portrait.foundation.jobs.TaskGraph.Task;
import portrait.foundation.model.Problem;
import portrait.foundation.warehouse.Warehouse;
import portrait.foundation.warehouse.WarehouseSettings;

/// Backups of both stores, taken at one moment while everything goes on.
///
/// The moment is chosen while nobody writes to the warehouse, and everything committed to the profile store before it is
/// in. So a backup is what a power cut at that moment would have left, and every process starts from that as it does
/// after one.
public final class Backups {

  /// The name of the job.
  public static final String JOB = "backup";

  private static final Pattern NAME = Pattern.compile("portrait-[0-9TZ-]+\\.zip");
  private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
      .withZone(ZoneOffset.UTC);
  private static final String PARTIAL = ".part";

  private final Database database;
  private final Warehouse warehouse;
  private final Jobs jobs;
  private final Path folder;
  private final Clock clock;

  /// @param folder where backups lie; made when absent
  public Backups(Database database, Warehouse warehouse, Jobs jobs, Path folder, Clock clock) {
    this.database = database;
    this.warehouse = warehouse;
    this.jobs = jobs;
    this.folder = folder;
    this.clock = clock;
  }

  /// A backup under way.
  ///
  /// @param name what its file will be called
  public record Started(JobId job, String name) {}

  /// Starts a backup and returns at once.
  ///
  /// @throws portrait.foundation.model.ProblemException `already_running`
  public Started start(String by) {
    String name = freeName(clock.instant());
    var job = jobs.start(JOB, "Backup",
        TaskGraph.of(new Task("copy", "Copy both stores", List.of(), progress -> copy(name, progress))), by);
    return new Started(job, name);
  }

  private String freeName(Instant now) {
    String stem = "portrait-" + MOMENT.format(now);
    String name = stem + ".zip";
    for (int next = 2; Files.exists(folder.resolve(name)); next++) {
      name = "%s-%d.zip".formatted(stem, next);
    }
    return name;
  }

  private void copy(String name, Progress progress) {
    var partial = folder.resolve(name + PARTIAL);
    var warehouseFile = folder.resolve(name + ".warehouse" + PARTIAL);
    try {
      Files.createDirectories(folder);
      clearAway(partial, warehouseFile);
      var taken = copyWarehouse(warehouseFile);
      try (var snapshot = taken.snapshot()) {
        long rows = Archive.write(partial, taken.at(), snapshot, warehouseFile, more -> {
          progress.expect(more);
          progress.done(more);
        });
        Files.move(partial, folder.resolve(name));
        progress.note("%s, %,d rows, %,d MB".formatted(name, rows, Files.size(folder.resolve(name)) >> 20));
      }
    } catch (IOException failure) {
      throw Archive.failed("the backup cannot be written to %s: %s".formatted(folder, failure.getMessage()), failure);
    } finally {
      clearAway(partial, warehouseFile);
    }
  }

  private record Taken(Snapshot snapshot, Instant at) {}

  private Taken copyWarehouse(Path file) {
    var taken = new ArrayList<Taken>();
    try {
      warehouse.copyTo(file, () -> taken.add(new Taken(database.snapshot(), clock.instant())));
    } catch (RuntimeException | Error failure) {
      taken.forEach(some -> some.snapshot().close());
      throw failure;
    }
    return taken.getFirst();
  }

  /// What a backup that was cut short left behind, too.
  private static void clearAway(Path... files) {
    for (var file : files) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException failure) {
        throw Archive.failed("%s cannot be deleted".formatted(file), failure);
      }
    }
  }

  /// The backups in the home, newest first.
  public List<Backup> list() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      var found = new ArrayList<Backup>();
      for (var file : files.filter(path -> isName(path.getFileName().toString())).toList()) {
        found.add(new Backup(Objects.toString(file.getFileName()), Files.size(file),
            Files.getLastModifiedTime(file).toInstant()));
      }
      found.sort(Comparator.comparing(Backup::name).reversed());
      return found;
    } catch (IOException failure) {
      throw Archive.failed("%s cannot be read".formatted(folder), failure);
    }
  }

  private static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /// The file of a backup.
  ///
  /// @throws portrait.foundation.model.ProblemException `not_found`
  public Path file(String name) {
    return Optional.of(name).filter(Backups::isName).map(folder::resolve).filter(Files::isRegularFile)
        .orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND, "there is no backup of that name",
            "The list of backups shows those there are.").asException());
  }

  /// Deletes a backup.
  ///
  /// @throws portrait.foundation.model.ProblemException `not_found`
  public void delete(String name) {
    clearAway(file(name));
  }

  /// Reads a backup as a restore would, and keeps nothing.
  ///
  /// @param owners whose tables this Portrait knows
  /// @throws portrait.foundation.model.ProblemException `invalid_file` when it is damaged, or made by a newer release
  public static Contents check(Path file, List<Migrations> owners) {
    return Archive.check(file, owners);
  }

  /// Puts a backup into empty stores. Opening them brings their tables up to date.
  ///
  /// @param owners whose tables this Portrait knows
  /// @param progress told how many more rows are in
  /// @throws portrait.foundation.model.ProblemException `conflict` when something is there already, `invalid_file` when
  ///         the backup is damaged or made by a newer release; nothing is left behind then
  public static Contents restore(Path file, DatabaseSettings database, WarehouseSettings warehouse,
      List<Migrations> owners, LongConsumer progress) {
    return Archive.restore(file, database, warehouse.file().orElseThrow(), owners, progress);
  }
}
