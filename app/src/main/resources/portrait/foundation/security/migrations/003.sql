ALTER TABLE account ADD COLUMN created_by TEXT NOT NULL DEFAULT 'portrait';

ALTER TABLE account ADD COLUMN signed_in_at BIGINT;
