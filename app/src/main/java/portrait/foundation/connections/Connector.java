package portrait.foundation.connections;

/// A kind of place outside that Portrait can be connected to.
///
/// @param type as it is written in definitions: `braze`
/// @param title what it is called: `Braze`
/// @param help what it is for, in a sentence
/// @param form what a connection to it needs
public record Connector<R extends Record>(String type, String title, String help, Form<R> form) {}
