package portrait.doors.rest;

import java.util.Arrays;
import java.util.OptionalLong;
import java.util.function.Supplier;
import portrait.doors.http.Answer;
import portrait.doors.http.Request;
import portrait.foundation.definitions.Seen;
import portrait.foundation.model.Problem;

/// Versions of definitions as HTTP says them (RFC 9110, section 13): `ETag` on answers, `If-None-Match` to ask for news,
/// `If-Match` to change only what one saw.
final class ETags {

  private ETags() {}

  /// The answer, unless the caller has it.
  static Answer answer(Request request, long revision, Supplier<Answer> fresh) {
    boolean isKnown = request.header("If-None-Match").filter(tags -> names(tags, revision)).isPresent();
    return with(isKnown ? Answer.empty().withStatus(304) : fresh.get(), revision);
  }

  static Answer with(Answer answer, long revision) {
    return answer.withHeader("ETag", tag(revision));
  }

  /// What the caller saw, as far as it says so; the definitions themselves hold that nothing came between.
  ///
  /// @param present the version in force, if there is one
  /// @param latest how far all definitions are
  /// @throws portrait.foundation.model.ProblemException `changed_meanwhile` when it saw another
  static Seen seen(Request request, Supplier<OptionalLong> present, long latest, String what) {
    var wanted = request.header("If-Match");
    var unwanted = request.header("If-None-Match");
    if (wanted.isEmpty() && unwanted.isEmpty()) {
      return Seen.EVERYTHING;
    }
    var found = present.get();
    if (unwanted.isPresent() && found.isPresent()
        && (unwanted.get().strip().equals("*") || names(unwanted.get(), found.getAsLong()))) {
      throw changed("%s is there already".formatted(what), found);
    }
    if (wanted.isPresent() && found.isEmpty()) {
      throw changed("%s is not there".formatted(what), found);
    }
    if (wanted.isPresent() && !wanted.get().strip().equals("*") && !names(wanted.get(), found.getAsLong())) {
      throw changed("%s has the ETag %s but If-Match says %s".formatted(what, tag(found.getAsLong()),
          wanted.get().length() > 100 ? "another" : wanted.get()), found);
    }
    return new Seen(found.orElse(latest));
  }

  private static RuntimeException changed(String message, OptionalLong found) {
    var problem = Problem.of(Problem.Code.CHANGED_MEANWHILE, message,
        "Nothing was changed. Get it again, and repeat your change there.");
    return (found.isPresent() ? problem.with("etag", tag(found.getAsLong())) : problem).asException();
  }

  private static boolean names(String tags, long revision) {
    return Arrays.stream(tags.split(",")).map(String::strip).anyMatch(tag(revision)::equals);
  }

  private static String tag(long revision) {
    return "\"" + revision + "\"";
  }
}
