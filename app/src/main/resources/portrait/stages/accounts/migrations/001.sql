-- Derived, except which id an account was given. `document` is a JSON object: attributes with their sources, records,
-- links; `words` is what a search looks at, in small letters.
CREATE TABLE account_profile (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  words TEXT NOT NULL,
  document TEXT NOT NULL,
  contacts BIGINT NOT NULL,
  created_at BIGINT NOT NULL) ${clustered};
CREATE INDEX account_name ON account_profile (name, id);
-- Keys and other identities of the records of an account.
CREATE TABLE account_key (
  namespace TEXT NOT NULL,
  value TEXT NOT NULL,
  account TEXT NOT NULL,
  is_record BOOLEAN NOT NULL,
  PRIMARY KEY (namespace, value)) ${clustered};
CREATE INDEX account_key_account ON account_key (account);
-- Ids that were given up in a merge.
CREATE TABLE account_previous (
  id TEXT NOT NULL PRIMARY KEY,
  account TEXT NOT NULL) ${clustered};
CREATE INDEX account_previous_account ON account_previous (account);
-- Rows of people, and the account they name.
CREATE TABLE account_contact (
  namespace TEXT NOT NULL,
  value TEXT NOT NULL,
  account TEXT NOT NULL,
  PRIMARY KEY (namespace, value)) ${clustered};
CREATE INDEX account_contact_account ON account_contact (account, namespace, value);
