-- One row. Records of the journal up to and with this generation are in the store; see Journal.
CREATE TABLE store_journal (
  only_row BIGINT NOT NULL PRIMARY KEY,
  settled BIGINT NOT NULL
) ${table};

INSERT INTO store_journal (only_row, settled) VALUES (1, 0);
