-- What each caller asked for on a day (UTC, days since 1970): a key by its id, or people, commands, nobody.
CREATE TABLE request_usage (
  day BIGINT NOT NULL,
  caller TEXT NOT NULL,
  requests BIGINT NOT NULL,
  events BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  PRIMARY KEY (day, caller)
) ${clustered};
