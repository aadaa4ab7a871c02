-- How much lies in the quarantine, and how much left it before anybody looked at it, so that nobody has to count.
ALTER TABLE event_quarantine ADD COLUMN size BIGINT NOT NULL DEFAULT 0;
UPDATE event_quarantine SET size = length(original) + length(envelope);
CREATE TABLE event_quarantine_total (
  name TEXT NOT NULL PRIMARY KEY,
  messages BIGINT NOT NULL,
  bytes BIGINT NOT NULL) ${clustered};
INSERT INTO event_quarantine_total (name, messages, bytes)
  SELECT 'kept', count(*), coalesce(sum(size), 0) FROM event_quarantine;
INSERT INTO event_quarantine_total (name, messages, bytes) VALUES ('full', 0, 0), ('old', 0, 0);
