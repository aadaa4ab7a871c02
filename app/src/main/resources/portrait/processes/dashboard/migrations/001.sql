-- What there was on each day, UTC, as last counted: numbers only, nothing about a person. `figures` is JSON.
CREATE TABLE dashboard_day (
  day BIGINT NOT NULL PRIMARY KEY,
  counted_at BIGINT NOT NULL,
  known BIGINT NOT NULL,
  unknown BIGINT NOT NULL,
  figures TEXT NOT NULL) ${clustered};
