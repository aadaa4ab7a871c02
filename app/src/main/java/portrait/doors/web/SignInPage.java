package portrait.doors.web;

import java.util.Optional;

/// A person says who they are.
///
/// @param next where the person wanted to go
/// @param refusal what came of the last try; empty before the first
/// @param elsewhere the server where they may sign in instead
public record SignInPage(String next, String user, String refusal, Optional<String> elsewhere) {}
