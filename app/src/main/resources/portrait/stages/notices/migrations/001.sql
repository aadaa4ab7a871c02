-- Messages on their way to a connection: that a run failed, that a segment grew. `next_at` is null once one has ended.
CREATE TABLE notice (
  id TEXT NOT NULL PRIMARY KEY,
  about TEXT NOT NULL,
  connection TEXT NOT NULL,
  message TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  next_at BIGINT,
  tries BIGINT NOT NULL,
  status TEXT NOT NULL,
  why TEXT NOT NULL,
  ended_at BIGINT) ${table};
CREATE INDEX notice_due ON notice (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX notice_of ON notice (about, made_at);
