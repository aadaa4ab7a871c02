-- Kinds of jobs that must not begin while this one goes on: `,refresh,rebuild,`.
ALTER TABLE job ADD COLUMN not_beside TEXT NOT NULL DEFAULT '';
