-- Identities that were seen with so many others of a namespace that further ones were not linked: how often, and which
-- came last. Until a moment nobody needs to count again.
CREATE TABLE identity_crowd (
  identity BIGINT NOT NULL,
  namespace TEXT NOT NULL,
  times BIGINT NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  until BIGINT NOT NULL,
  value TEXT NOT NULL,
  fact TEXT NOT NULL,
  PRIMARY KEY (identity, namespace)) ${clustered};
