-- Enrichments that read only what others allowed: whether they did, and when the first run may begin.
-- `missing` has a line for each thing that is not allowed yet.
CREATE TABLE enrichment_start (
  enrichment TEXT NOT NULL PRIMARY KEY,
  checked_at BIGINT NOT NULL,
  allowed_at BIGINT,
  first_run_at BIGINT,
  begun_at BIGINT,
  asked_at BIGINT,
  mailboxes BIGINT,
  missing TEXT NOT NULL,
  link TEXT NOT NULL) ${clustered};
