-- All measures of one customer as they were computed last. `measures` is JSON.
CREATE TABLE measure_value (
  customer_number BIGINT NOT NULL PRIMARY KEY,
  customer_id TEXT NOT NULL,
  measures TEXT NOT NULL,
  recheck_at BIGINT
) ${table};

CREATE INDEX measure_value_due ON measure_value (recheck_at) WHERE recheck_at IS NOT NULL;
