-- Questions that cost something: written down before they are sent, with the name under which the provider took them.
-- `questions` is a JSON array of fingerprints.
CREATE TABLE enrichment_ticket (
  id TEXT NOT NULL PRIMARY KEY,
  enrichment TEXT NOT NULL,
  name TEXT NOT NULL,
  questions TEXT NOT NULL,
  asked_at BIGINT NOT NULL) ${table};
CREATE INDEX enrichment_ticket_of_enrichment ON enrichment_ticket (enrichment, asked_at);
ALTER TABLE enrichment_run ADD COLUMN doubtful BIGINT NOT NULL DEFAULT 0;
ALTER TABLE enrichment_run ADD COLUMN credits BIGINT NOT NULL DEFAULT 0;
