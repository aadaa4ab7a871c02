-- Who signs in elsewhere is known by who vouches for them and what they are called there.
ALTER TABLE account ADD COLUMN issuer TEXT;

ALTER TABLE account ADD COLUMN subject TEXT;

CREATE UNIQUE INDEX account_by_subject ON account (issuer, subject);

-- Somebody on their way to another sign-in and back. The state is kept as SHA-256, like every token.
CREATE TABLE sign_on (
  state_hash TEXT NOT NULL PRIMARY KEY,
  nonce TEXT NOT NULL,
  verifier TEXT NOT NULL,
  next TEXT NOT NULL,
  expires_at BIGINT NOT NULL
) ${clustered};
