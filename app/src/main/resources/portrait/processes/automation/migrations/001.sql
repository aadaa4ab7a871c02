-- How far each trigger has looked: the moment of the last happening, or on which side of its bound a value is.
CREATE TABLE trigger_state (
  name TEXT NOT NULL,
  about TEXT NOT NULL,
  mark TEXT NOT NULL,
  PRIMARY KEY (name, about)) ${clustered};
