package portrait.doors.web;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Every source and what has been read of its tables.
public record TablesPage(List<Source> sources) {

  public record Source(String name, String title, List<Table> tables) {}

  public record Table(String fullName, String title, long rows, long refused, Optional<Instant> loadedAt,
      boolean hasFailed) {}
}
