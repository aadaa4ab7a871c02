-- By what the match rules find records, so that one record is matched without a look at the tables: per rule the digest
-- of what must be the same, and the texts that are compared. `record` is the number of the identity that the record
-- hangs on; `tab` is the place of its table in the order of importance, -1 for what applications sent; `side` tells
-- whether it stands left, right or on both sides of the rule.
CREATE TABLE match_key (
  rule INTEGER NOT NULL,
  text TEXT NOT NULL,
  record BIGINT NOT NULL,
  side INTEGER NOT NULL,
  tab INTEGER NOT NULL,
  checks TEXT NOT NULL,
  PRIMARY KEY (rule, text, record, side)) ${clustered};
CREATE INDEX match_key_record ON match_key (record);
-- Pairs of rows that people decided about.
CREATE TABLE match_decision (
  one_table TEXT NOT NULL,
  one TEXT NOT NULL,
  other_table TEXT NOT NULL,
  other TEXT NOT NULL,
  always BOOLEAN NOT NULL,
  PRIMARY KEY (one_table, one, other_table, other, always)) ${clustered};
CREATE INDEX match_decision_other ON match_decision (other_table, other);
-- Values of the lists for `bypass`, and for `alias` with what they stand for.
CREATE TABLE match_word (
  kind TEXT NOT NULL,
  word TEXT NOT NULL,
  stands_for TEXT NOT NULL,
  PRIMARY KEY (kind, word)) ${clustered};
-- What the keys follow: the rules they were made by, the types of the columns, and whether all records are in.
CREATE TABLE match_state (
  name TEXT NOT NULL PRIMARY KEY,
  said TEXT NOT NULL) ${clustered};
