-- Who was put on the list of a static segment, by the identity they were named by: a merge or a split of customers takes
-- the entry along.
CREATE TABLE segment_listed (
  segment TEXT NOT NULL,
  identity_number BIGINT NOT NULL,
  listed_at BIGINT NOT NULL,
  PRIMARY KEY (segment, identity_number)
) ${clustered};

CREATE INDEX segment_listed_identity ON segment_listed (identity_number);
