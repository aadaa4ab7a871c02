-- Up to which moment changes of memberships were looked at by an export that sends them within seconds.
CREATE TABLE export_live (
  export TEXT NOT NULL PRIMARY KEY,
  until BIGINT NOT NULL) ${clustered};
