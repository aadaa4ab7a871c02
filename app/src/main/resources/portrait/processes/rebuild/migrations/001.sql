-- What each rebuild found, as JSON: counts by kind, and where; never a value.
CREATE TABLE rebuild_report (
  job_id TEXT NOT NULL PRIMARY KEY,
  ended_at BIGINT NOT NULL,
  report TEXT NOT NULL) ${clustered};
