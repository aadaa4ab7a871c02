-- What providers said: one row for each customer that was asked about. Asking may cost money, so answers are facts.
CREATE TABLE enrichment_answer (
  enrichment TEXT NOT NULL,
  customer_id TEXT NOT NULL,
  anchor BIGINT NOT NULL,
  inputs TEXT NOT NULL,
  outcome TEXT NOT NULL,
  attributes TEXT NOT NULL,
  reason TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  said_at BIGINT NOT NULL,
  standing TEXT NOT NULL,
  PRIMARY KEY (enrichment, customer_id)) ${clustered};
CREATE INDEX enrichment_answer_inputs ON enrichment_answer (enrichment, inputs);
CREATE INDEX enrichment_answer_outcome ON enrichment_answer (enrichment, standing, outcome);
CREATE INDEX enrichment_answer_customer ON enrichment_answer (customer_id);

CREATE TABLE enrichment_run (
  id TEXT NOT NULL PRIMARY KEY,
  enrichment TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at BIGINT,
  alive_at BIGINT NOT NULL,
  status TEXT NOT NULL,
  started_by TEXT NOT NULL,
  customers BIGINT NOT NULL,
  enriched BIGINT NOT NULL,
  unchanged BIGINT NOT NULL,
  reused BIGINT NOT NULL,
  asked BIGINT NOT NULL,
  found_nothing BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  lacking BIGINT NOT NULL,
  calls BIGINT NOT NULL,
  retries BIGINT NOT NULL,
  waited_millis BIGINT NOT NULL,
  problem TEXT,
  hint TEXT) ${table};
CREATE INDEX enrichment_run_of_enrichment ON enrichment_run (enrichment, started_at);

-- Tables in the warehouse that runs wrote.
CREATE TABLE enrichment_table (
  name TEXT NOT NULL PRIMARY KEY) ${clustered};
