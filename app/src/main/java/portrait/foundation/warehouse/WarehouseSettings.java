package portrait.foundation.warehouse;

import java.nio.file.Path;
import java.util.Optional;

/// Where the warehouse lives and what it may take.
///
/// @param file empty for one in memory, which tests use
/// @param memoryMegabytes what the engine may hold before it spills to `temporary`
/// @param threads how many threads one statement may use
public record WarehouseSettings(Optional<Path> file, int memoryMegabytes, int threads) {

  public static WarehouseSettings inMemory() {
    return new WarehouseSettings(Optional.empty(), 1024, 2);
  }

  public static WarehouseSettings at(Path file) {
    return new WarehouseSettings(Optional.of(file), 2048, Math.max(1, Runtime.getRuntime().availableProcessors()));
  }

  /// How much may wait in the log until it is written into the tables. That compresses every table that was made since, and
  /// most are made anew by the next task of a refresh; after a crash the log is read again.
  int unwrittenMegabytes() {
    return Math.clamp(memoryMegabytes / 8, 16, 512);
  }
}
