-- Facts: what people did, in the order of arrival. Rows of source tables that activity definitions map to the timeline
-- lie here too (type 'activity'), so that one read gives a customer's whole history.
CREATE TABLE event (
  position BIGINT NOT NULL PRIMARY KEY,
  anchor BIGINT NOT NULL,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  name TEXT NOT NULL,
  at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  source TEXT NOT NULL,
  identities TEXT NOT NULL,
  properties TEXT NOT NULL,
  context TEXT NOT NULL) ${table};
CREATE INDEX event_of_anchor ON event (anchor, at);
CREATE UNIQUE INDEX event_of_activity ON event (source, id) WHERE type = 'activity';

-- Message ids already taken in, by the UTC day they were received: old days are dropped as one range.
CREATE TABLE event_seen (
  day BIGINT NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (day, id)) ${clustered};

-- Whoever appends holds this row until the commit, so positions become visible in order on several nodes, too.
CREATE TABLE event_counter (
  name TEXT NOT NULL PRIMARY KEY,
  next BIGINT NOT NULL) ${clustered};
INSERT INTO event_counter (name, next) VALUES ('event', 1), ('quarantine', 1);

CREATE TABLE event_quarantine (
  number BIGINT NOT NULL PRIMARY KEY,
  received_at BIGINT NOT NULL,
  source TEXT NOT NULL,
  code TEXT NOT NULL,
  reason TEXT NOT NULL,
  original BYTEA NOT NULL) ${table};
