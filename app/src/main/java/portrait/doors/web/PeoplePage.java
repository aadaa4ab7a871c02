package portrait.doors.web;

import java.util.List;
import java.util.Optional;
import portrait.foundation.security.OneTimePassword;
import portrait.foundation.security.Role;
import portrait.foundation.security.User;

/// Who signs in.
///
/// @param roles what whoever looks may give
/// @param made the password of somebody added or helped just now: shown once
public record PeoplePage(List<User> people, List<Role> roles, Optional<OneTimePassword> made) {

  public String address(User user) {
    return "/people/" + CustomersPage.encoded(user.name()).replace("+", "%20");
  }

  /// Whether whoever looks may change this person.
  public boolean mayManage(User user) {
    return roles.contains(user.role());
  }
}
