package portrait.doors.web;

/// A person says who they are.
///
/// @param next where the person wanted to go
/// @param hasFailed whether the last try did not fit
public record SignInPage(String next, String user, boolean hasFailed) {}
