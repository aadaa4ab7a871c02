-- Who was not sent because they do not agree to the purpose.
ALTER TABLE export_run ADD COLUMN without_consent BIGINT NOT NULL DEFAULT 0;
