-- Requests that name themselves, so that one sent again is answered as it was and does nothing twice. The name is a
-- fingerprint of the caller's credential and the Idempotency-Key; the answer is encrypted under both.
CREATE TABLE repeatable_request (
  name TEXT NOT NULL PRIMARY KEY,
  content TEXT NOT NULL,
  began_at BIGINT NOT NULL,
  answer BYTEA
) ${clustered};

CREATE INDEX repeatable_request_by_time ON repeatable_request (began_at);
