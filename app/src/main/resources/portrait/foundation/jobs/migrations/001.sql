CREATE TABLE job (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  title TEXT NOT NULL,
  status TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at BIGINT,
  started_by TEXT NOT NULL) ${table};

CREATE INDEX job_by_time ON job (started_at);

CREATE TABLE job_task (
  job_id TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  name TEXT NOT NULL,
  title TEXT NOT NULL,
  status TEXT NOT NULL,
  rows_done BIGINT NOT NULL,
  rows_expected BIGINT NOT NULL,
  started_at BIGINT,
  ended_at BIGINT,
  note TEXT NOT NULL,
  problem_code TEXT,
  problem_message TEXT,
  problem_hint TEXT,
  PRIMARY KEY (job_id, position)) ${clustered};
