-- A key may end by itself, and may be good for parts of the product only (a JSON list of scopes; null for all).
ALTER TABLE api_key ADD COLUMN expires_at BIGINT;

ALTER TABLE api_key ADD COLUMN scopes TEXT;

-- The text it had before it was changed, which stays good for a while.
ALTER TABLE api_key ADD COLUMN rotated_at BIGINT;

ALTER TABLE api_key ADD COLUMN previous_hash TEXT;

ALTER TABLE api_key ADD COLUMN previous_until BIGINT;

CREATE INDEX api_key_by_previous ON api_key (previous_hash);
