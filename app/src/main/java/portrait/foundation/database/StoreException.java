package portrait.foundation.database;

import java.sql.SQLException;

/// The profile store refused a statement. Parameters are left out on purpose: they may be personal data.
public final class StoreException extends RuntimeException {

  private final transient SQLException failure;

  StoreException(String what, SQLException cause) {
    super("%s (%s)".formatted(cause.getMessage(), what.strip()), cause);
    this.failure = cause;
  }

  SQLException failure() {
    return failure;
  }
}
