-- Which files of a connection a table was loaded from: one whose version is here is not fetched again.
CREATE TABLE source_object (
  table_name TEXT NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  PRIMARY KEY (table_name, name)
) ${clustered};
