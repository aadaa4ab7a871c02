-- The ledger: who was sent what. One row for each person that another system has from us, by what it calls them.
CREATE TABLE export_sent (
  export TEXT NOT NULL,
  key TEXT NOT NULL,
  customer BIGINT NOT NULL,
  customer_id TEXT NOT NULL,
  hashes TEXT NOT NULL,
  segments TEXT NOT NULL,
  sent_at BIGINT NOT NULL,
  pass TEXT NOT NULL,
  is_leaving BIGINT NOT NULL,
  PRIMARY KEY (export, key)) ${clustered};
CREATE INDEX export_sent_customer ON export_sent (export, customer, key);
CREATE INDEX export_sent_id ON export_sent (customer_id);
CREATE INDEX export_sent_leaving ON export_sent (export, key) WHERE is_leaving = 1;

-- What a run put aside that counts only once all of it is there.
CREATE TABLE export_pending (
  run TEXT NOT NULL,
  key TEXT NOT NULL,
  export TEXT NOT NULL,
  customer BIGINT NOT NULL,
  customer_id TEXT NOT NULL,
  hashes TEXT NOT NULL,
  segments TEXT NOT NULL,
  has_left BIGINT NOT NULL,
  PRIMARY KEY (run, key)) ${clustered};

CREATE TABLE export_run (
  id TEXT NOT NULL PRIMARY KEY,
  export TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at BIGINT,
  alive_at BIGINT NOT NULL,
  status TEXT NOT NULL,
  is_full BIGINT NOT NULL,
  pass TEXT NOT NULL,
  started_by TEXT NOT NULL,
  entered BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  left_count BIGINT NOT NULL,
  unchanged BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  calls BIGINT NOT NULL,
  retries BIGINT NOT NULL,
  throttled_millis BIGINT NOT NULL,
  is_published BIGINT NOT NULL,
  note TEXT NOT NULL,
  problem TEXT,
  hint TEXT) ${table};
CREATE INDEX export_run_of_export ON export_run (export, started_at);

-- Rows that were not taken, with the reason.
CREATE TABLE export_refusal (
  run TEXT NOT NULL,
  number BIGINT NOT NULL,
  customer_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (run, number)) ${clustered};
CREATE INDEX export_refusal_customer ON export_refusal (customer_id);
