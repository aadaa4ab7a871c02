-- What was applied to everybody: each measure and segment with the fingerprint of what it depended on then.
CREATE TABLE rolled_out (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  PRIMARY KEY (kind, name)) ${clustered};
