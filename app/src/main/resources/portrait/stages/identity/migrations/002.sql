-- Facts: pairs of identities that a person says are two customers. Whatever says otherwise, they never share one.
CREATE TABLE identity_separation (
  one BIGINT NOT NULL,
  other BIGINT NOT NULL,
  said_by TEXT NOT NULL,
  said_at BIGINT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (one, other)) ${clustered};
CREATE INDEX identity_separation_other ON identity_separation (other);
-- Whether the customer holds an identity of such a pair: only then the pairs are looked up.
ALTER TABLE customer ADD COLUMN separated BOOLEAN NOT NULL DEFAULT FALSE;
-- The namespaces that the whole graph was last decided under; one row at most.
CREATE TABLE identity_settled (
  name TEXT NOT NULL PRIMARY KEY,
  namespaces TEXT NOT NULL) ${clustered};
