-- Message ids already taken in, on a store with one writer: sorted hashes of 16 bytes, by the UTC day they were received
-- and the first byte. Many ids are written at once, side by side, so that remembering one does not cost a page.
-- The counter is the first position whose id is not in a run yet.
CREATE TABLE event_seen_run (
  day BIGINT NOT NULL,
  part BIGINT NOT NULL,
  run BIGINT NOT NULL,
  hashes BYTEA NOT NULL,
  PRIMARY KEY (day, part, run)) ${clustered};
INSERT INTO event_counter (name, next) VALUES ('seen', 1), ('seen_run', 1);
