-- Why a source table could not be loaded last; none since it was.
CREATE TABLE source_failure (
  table_name TEXT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  hint TEXT NOT NULL) ${clustered};
