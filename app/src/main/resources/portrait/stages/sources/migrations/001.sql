-- What each source table holds now. `columns` is JSON: the columns in use, defined or found.
CREATE TABLE source_table (
  name TEXT NOT NULL PRIMARY KEY,
  definition TEXT NOT NULL,
  columns TEXT NOT NULL,
  row_count BIGINT NOT NULL,
  refused_count BIGINT NOT NULL,
  loaded_at BIGINT NOT NULL
) ${clustered};

-- Which files made it so: a file whose content is here is not loaded again. Emptied by each replacing load.
CREATE TABLE source_file (
  table_name TEXT NOT NULL,
  position BIGINT NOT NULL,
  mode TEXT NOT NULL,
  file_name TEXT NOT NULL,
  content TEXT NOT NULL,
  loaded_at BIGINT NOT NULL,
  PRIMARY KEY (table_name, position)
) ${clustered};
