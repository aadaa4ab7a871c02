-- A refused message that is sent again is the same one: found by its bytes, and counted.
ALTER TABLE event_quarantine ADD COLUMN type TEXT;
ALTER TABLE event_quarantine ADD COLUMN hash TEXT NOT NULL DEFAULT '';
ALTER TABLE event_quarantine ADD COLUMN times BIGINT NOT NULL DEFAULT 1;
CREATE INDEX event_quarantine_of_hash ON event_quarantine (hash);
