-- Facts: what each source says about one identity. Never moved when customers merge or split.
CREATE TABLE profile_fragment (
  anchor BIGINT NOT NULL,
  source TEXT NOT NULL,
  attributes TEXT NOT NULL,
  at BIGINT,
  times TEXT NOT NULL,
  PRIMARY KEY (anchor, source)) ${clustered};
CREATE INDEX profile_fragment_of_source ON profile_fragment (source, anchor);

-- Derived: the merge, as published.
CREATE TABLE profile (
  customer BIGINT NOT NULL PRIMARY KEY,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  known BOOLEAN NOT NULL,
  first_seen BIGINT NOT NULL,
  last_seen BIGINT NOT NULL,
  document TEXT NOT NULL,
  words TEXT NOT NULL) ${table};
CREATE INDEX profile_by_last_seen ON profile (last_seen, customer);

-- Words as bytes: compared byte by byte on every engine, so a range of them is a prefix.
CREATE TABLE profile_word (
  word BYTEA NOT NULL,
  customer BIGINT NOT NULL,
  PRIMARY KEY (word, customer)) ${clustered};
