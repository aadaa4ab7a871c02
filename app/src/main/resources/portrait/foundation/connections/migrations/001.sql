-- Secrets of connections, sealed with a key that lies elsewhere.
CREATE TABLE vault_secret (
  name TEXT NOT NULL PRIMARY KEY,
  key_id TEXT NOT NULL,
  sealed BYTEA NOT NULL,
  set_at BIGINT NOT NULL,
  set_by TEXT NOT NULL) ${table};

-- Who agreed, when, and to which text, that data leaves through a connection as it was then.
CREATE TABLE connection_consent (
  connection TEXT NOT NULL,
  agreed_at BIGINT NOT NULL,
  agreed_by TEXT NOT NULL,
  text TEXT NOT NULL,
  covers TEXT NOT NULL,
  PRIMARY KEY (connection, agreed_at)) ${table};
