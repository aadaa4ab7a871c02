-- What enrichments say about accounts, apart from what tables say; `attributes` is a JSON object of texts.
CREATE TABLE account_added (
  account TEXT NOT NULL,
  source TEXT NOT NULL,
  attributes TEXT NOT NULL,
  said_at BIGINT NOT NULL,
  PRIMARY KEY (account, source)) ${clustered};
