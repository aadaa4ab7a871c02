-- Who is in which segment. A row without `since` is no member now, but time alone may make them one at `recheck_at`.
CREATE TABLE segment_membership (
  customer_number BIGINT NOT NULL,
  segment TEXT NOT NULL,
  customer_id TEXT NOT NULL,
  since BIGINT,
  until_at BIGINT,
  recheck_at BIGINT,
  PRIMARY KEY (customer_number, segment)
) ${clustered};

CREATE INDEX segment_membership_members ON segment_membership (segment, customer_number) WHERE since IS NOT NULL;
CREATE INDEX segment_membership_due ON segment_membership (recheck_at) WHERE recheck_at IS NOT NULL;

-- Comings and goings, and under which version of the rule.
CREATE TABLE segment_history (
  customer_number BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  segment TEXT NOT NULL,
  has_entered BIGINT NOT NULL,
  customer_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  why TEXT NOT NULL,
  PRIMARY KEY (customer_number, changed_at, segment, has_entered)
) ${clustered};
