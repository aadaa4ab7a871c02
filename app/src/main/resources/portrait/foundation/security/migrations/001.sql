CREATE TABLE account (
  name TEXT NOT NULL PRIMARY KEY,
  role TEXT NOT NULL,
  password_hash BYTEA NOT NULL,
  password_salt BYTEA NOT NULL,
  password_iterations BIGINT NOT NULL,
  created_at BIGINT NOT NULL
) ${table};

-- Tokens are kept as SHA-256, so that a copy of the store opens no session.
CREATE TABLE account_session (
  token_hash TEXT NOT NULL PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
) ${clustered};

CREATE INDEX account_session_by_account ON account_session (account);

CREATE INDEX account_session_by_expiry ON account_session (expires_at);

CREATE TABLE api_key (
  id TEXT NOT NULL PRIMARY KEY,
  key_hash TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  last_used_at BIGINT,
  revoked_at BIGINT
) ${table};

-- Append only. `hash` covers the entry and the hash of the entry before it.
CREATE TABLE audit_entry (
  number BIGINT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  caller TEXT NOT NULL,
  request_id TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash TEXT NOT NULL
) ${table};

-- One row: the end of the chain, locked by whoever appends.
CREATE TABLE audit_head (
  only_row BIGINT NOT NULL PRIMARY KEY,
  number BIGINT NOT NULL,
  hash TEXT NOT NULL
) ${table};

INSERT INTO audit_head (only_row, number, hash) VALUES (1, 0, '');
