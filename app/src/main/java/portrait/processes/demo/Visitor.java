package portrait.processes.demo;

import java.util.List;
import java.util.Optional;

/// Somebody on the shop's site or in its app.
///
/// @param contact their key in the CRM, when the shop knows them
/// @param login what they sign in with, when they have an account
/// @param email empty when unknown
/// @param devices anonymous ids, one for each browser or phone; those of the app begin with `mobile`
/// @param favourite the category they look at most
record Visitor(Optional<String> contact, Optional<String> login, String email, List<String> devices,
    String favourite) {}
