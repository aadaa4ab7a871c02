-- Which change of all definitions made a version; 0 for those of before there was this column.
ALTER TABLE definition ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;

ALTER TABLE definition_history ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;
