-- Up to which planned moment each schedule has been dealt with.
CREATE TABLE schedule_state (
  name TEXT NOT NULL PRIMARY KEY,
  handled_until BIGINT NOT NULL) ${clustered};

-- What became of each planned moment, and of each run that somebody asked for.
CREATE TABLE schedule_history (
  name TEXT NOT NULL,
  planned_at BIGINT NOT NULL,
  handled_at BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  job_id TEXT,
  PRIMARY KEY (name, planned_at)) ${clustered};
