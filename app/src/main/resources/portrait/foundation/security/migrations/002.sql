-- What a look-up key is limited to, as JSON; null for a key that is limited by its role alone.
ALTER TABLE api_key ADD COLUMN limits TEXT;
