-- What the batch of a refused message said for all its messages, so that a replay judges it as it came.
ALTER TABLE event_quarantine ADD COLUMN envelope TEXT NOT NULL DEFAULT '{}';
