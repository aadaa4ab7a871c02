-- What was erased, as JSON: counts, when and by whom; nothing about the person but salted hashes.
CREATE TABLE privacy_certificate (
  id TEXT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  certificate TEXT NOT NULL) ${clustered};
