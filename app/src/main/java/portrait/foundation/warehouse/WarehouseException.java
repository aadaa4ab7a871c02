package portrait.foundation.warehouse;

import java.sql.SQLException;

/// The warehouse refused a statement. Parameters are left out on purpose: they may be personal data.
public final class WarehouseException extends RuntimeException {

  WarehouseException(String what, SQLException cause) {
    super("%s (%s)".formatted(cause.getMessage(), what.strip()), cause);
  }
}
