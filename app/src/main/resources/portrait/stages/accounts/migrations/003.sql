-- The account that each belongs to; nobody is above oneself, on whatever way.
CREATE TABLE account_parent (
  account TEXT NOT NULL PRIMARY KEY,
  parent TEXT NOT NULL) ${clustered};
CREATE INDEX account_parent_below ON account_parent (parent);
