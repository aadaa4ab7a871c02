package portrait.foundation.security;

/// What a route or an action asks of its caller.
public enum Permission {
  /** Send events and attributes. */
  COLLECT,
  /** Look up one customer, their events, identities and segments. */
  LOOK_UP,
  /** See every page and table, search, download. */
  VIEW,
  /** Load data; define and run unification, activities, measures, segments, exports on shared connections. */
  CONTRIBUTE,
  /** Manage connections, keys, people, schedules and settings. */
  ADMINISTER,
  /** Reset or delete everything. */
  OWN
}
