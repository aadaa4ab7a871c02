-- A key may have a rate of its own instead of the one that holds for all keys.
ALTER TABLE api_key ADD COLUMN requests_per_second INTEGER;
