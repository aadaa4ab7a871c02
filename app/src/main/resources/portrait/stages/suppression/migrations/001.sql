-- Identities of people who were erased, as salted hashes, and since when. Of a value that nobody has nothing can be told
-- without the salt; with it, only whether a value that somebody has in hand is among them.
CREATE TABLE suppressed_identity (
  namespace TEXT NOT NULL,
  hash TEXT NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (namespace, hash)) ${clustered};
-- One row. The revision goes up with every change, so that nodes know when to read the list again; `dropped` counts
-- messages that named one of them.
CREATE TABLE suppression (
  only_row BIGINT NOT NULL PRIMARY KEY,
  salt TEXT NOT NULL,
  revision BIGINT NOT NULL,
  dropped BIGINT NOT NULL) ${table};
INSERT INTO suppression (only_row, salt, revision, dropped) VALUES (1, '', 0, 0);
