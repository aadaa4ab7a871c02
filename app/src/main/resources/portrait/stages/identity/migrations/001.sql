-- The next free number of each sequence. Numbers are taken in blocks, so gaps are normal.
CREATE TABLE identity_sequence (
  name TEXT NOT NULL PRIMARY KEY,
  next BIGINT NOT NULL) ${clustered};
INSERT INTO identity_sequence (name, next) VALUES ('identity', 1), ('customer', 1);
CREATE TABLE customer (
  number BIGINT NOT NULL PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  known BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL) ${table};
CREATE INDEX customer_known ON customer (known);
-- Ids that were given up in a merge. `identity` stood for that customer then: the id follows it when customers split.
CREATE TABLE previous_customer_id (
  id TEXT NOT NULL PRIMARY KEY,
  customer BIGINT NOT NULL,
  identity BIGINT NOT NULL,
  created_at BIGINT NOT NULL) ${clustered};
CREATE INDEX previous_customer_id_customer ON previous_customer_id (customer);
CREATE TABLE identity (
  number BIGINT NOT NULL PRIMARY KEY,
  namespace TEXT NOT NULL,
  value TEXT NOT NULL,
  customer BIGINT NOT NULL,
  first_seen BIGINT NOT NULL,
  last_seen BIGINT NOT NULL,
  UNIQUE (namespace, value)) ${table};
CREATE INDEX identity_customer ON identity (customer);
-- `one` is what the fact is centred on: its identity of highest priority, or the key of the source row; of a match,
-- the identity of lower number. A withdrawn link is no longer said by its source row: it only keeps a former value
-- findable.
CREATE TABLE identity_link (
  one BIGINT NOT NULL,
  other BIGINT NOT NULL,
  source TEXT NOT NULL,
  fact TEXT NOT NULL,
  rule TEXT NOT NULL,
  score DOUBLE PRECISION NOT NULL,
  first_seen BIGINT NOT NULL,
  last_seen BIGINT NOT NULL,
  cut BOOLEAN NOT NULL,
  withdrawn BOOLEAN NOT NULL,
  PRIMARY KEY (one, other, source)) ${clustered};
CREATE INDEX identity_link_other ON identity_link (other);
CREATE INDEX identity_link_cut ON identity_link (one, other) WHERE cut;
