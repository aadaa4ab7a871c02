package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.util.Arrays;
import java.util.Optional;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.doors.http.SessionCookie;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.security.OneTimePassword;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Role;
import portrait.foundation.security.Security;

/// Who signs in and what they may do; everybody's own password.
final class People implements Door {

  private static final String ALL = "/people";
  private static final String OWN = "/password";

  private final Renderer renderer;
  private final Security security;

  People(Renderer renderer, Security security) {
    this.renderer = renderer;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    var administer = needs(Permission.ADMINISTER);
    routes.get(ALL, administer, request -> page(request, Optional.empty()));
    routes.post(ALL, administer, this::add);
    routes.post(ALL + "/{name}/role", administer, this::setRole);
    routes.post(ALL + "/{name}/password", administer, this::resetPassword);
    routes.post(ALL + "/{name}/remove", administer, this::remove);
    routes.get(OWN, needs(Permission.VIEW), request -> renderer.page(request, "password",
        renderer.text(request).of("password.title"), "", request.caller().name()));
    routes.post(OWN, needs(Permission.VIEW), this::changePassword);
  }

  private Answer page(Request request, Optional<OneTimePassword> made) {
    return renderer.page(request, "people", renderer.text(request).of("nav.people"), "people", page(made, request));
  }

  private PeoplePage page(Optional<OneTimePassword> made, Request request) {
    var roles = Arrays.stream(Role.values()).filter(role -> role.allows(Permission.VIEW))
        .filter(role -> role.ordinal() <= request.caller().role().ordinal()).toList();
    return new PeoplePage(security.users(), roles, made);
  }

  private Answer add(Request request) {
    try {
      return page(request, Optional.of(
          security.createUser(request.form("name").orElse("").strip(), Role.of(request.form("role").orElse("")))));
    } catch (ProblemException refused) {
      return refused(request, refused);
    }
  }

  private Answer setRole(Request request) {
    try {
      String name = request.pathPart("name");
      var role = Role.of(request.form("role").orElse(""));
      security.setRole(name, role);
      var text = renderer.text(request);
      return Renderer.done(ALL, text.of("people.roleSet", name, text.of("role." + role.text())));
    } catch (ProblemException refused) {
      return refused(request, refused);
    }
  }

  private Answer resetPassword(Request request) {
    try {
      return page(request, Optional.of(security.resetPassword(request.pathPart("name"))));
    } catch (ProblemException refused) {
      return refused(request, refused);
    }
  }

  private Answer remove(Request request) {
    try {
      security.removeUser(request.pathPart("name"));
      return Renderer.done(ALL, renderer.text(request).of("people.removed", request.pathPart("name")));
    } catch (ProblemException refused) {
      return refused(request, refused);
    }
  }

  private Answer refused(Request request, ProblemException refused) {
    return renderer.page(request, "people", renderer.text(request).of("nav.people"), "people",
        page(Optional.empty(), request), refused.problem());
  }

  /// Every session of this person ends, this one too: whoever else knew the old password is out.
  private Answer changePassword(Request request) {
    try {
      security.changePassword(request.caller().name(), Secret.of(request.form("current").orElse("")),
          Secret.of(request.form("password").orElse("")));
      return SessionCookie.end(Answer.seeOther("/sign-in"), request);
    } catch (ProblemException refused) {
      return renderer.page(request, "password", renderer.text(request).of("password.title"), "",
          request.caller().name(), refused.problem());
    }
  }
}
