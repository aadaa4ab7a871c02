-- Several nodes share a store: whose run it is, and when that node last said that it is alive.
ALTER TABLE job ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE job ADD COLUMN alive_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN cancel_asked BIGINT NOT NULL DEFAULT 0;
