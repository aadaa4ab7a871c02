package portrait.doors.web;

/// A person says who they are.
///
/// @param next where the person wanted to go
/// @param refusal what came of the last try; empty before the first
public record SignInPage(String next, String user, String refusal) {}
