/// The profile store's engine: transactions and migrations on SQLite or PostgreSQL.
@NullMarked
package portrait.foundation.database;

import org.jspecify.annotations.NullMarked;
