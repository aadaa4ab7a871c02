-- What is in force. `spec` is JSON.
CREATE TABLE definition (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  version BIGINT NOT NULL,
  spec TEXT NOT NULL,
  applied_at BIGINT NOT NULL,
  applied_by TEXT NOT NULL,
  PRIMARY KEY (kind, name)
) ${clustered};

-- Every version there ever was; `spec` is null where the definition was deleted.
CREATE TABLE definition_history (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  version BIGINT NOT NULL,
  spec TEXT,
  applied_at BIGINT NOT NULL,
  applied_by TEXT NOT NULL,
  PRIMARY KEY (kind, name, version)
) ${clustered};

-- One row. Goes up with every change, so that another node sees cheaply that it must read again.
CREATE TABLE definition_revision (
  only_row BIGINT NOT NULL PRIMARY KEY,
  revision BIGINT NOT NULL
) ${table};

INSERT INTO definition_revision (only_row, revision) VALUES (1, 0);
