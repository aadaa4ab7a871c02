-- What somebody chose for themselves, by who they are: `person ann`, `key 3f…`.
CREATE TABLE preference (
  owner TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (owner, name)) ${clustered};
