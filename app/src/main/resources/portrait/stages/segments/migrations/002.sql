-- The comings and goings of one segment, newest first.
CREATE INDEX segment_history_of_segment ON segment_history (segment, changed_at, customer_number, has_entered);
