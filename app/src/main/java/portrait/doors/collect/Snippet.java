package portrait.doors.collect;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import portrait.doors.http.Access;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;

/// The script that a web site loads to tell us of its visitors, at a fixed address.
///
/// It is served without comments and indentation, because every page of the site waits for it.
final class Snippet implements Door {

  private static final int HASH_BYTES = 12;

  private final byte[] script = script();
  private final String tag = "\"" + hash(script) + "\"";

  @Override
  public void routes(Routes routes) {
    routes.get("/portrait.js", Access.PUBLIC.withAnyOrigin(), this::answer);
  }

  private Answer answer(Request request) {
    boolean isKnown = request.header("If-None-Match").filter(tag::equals).isPresent();
    var answer = isKnown ? Answer.empty().withStatus(304) : Answer.bytes("text/javascript; charset=utf-8", script);
    return answer.withHeader("ETag", tag).withHeader("Cache-Control", "public, max-age=3600");
  }

  private static byte[] script() {
    try (var stream = Objects.requireNonNull(Snippet.class.getResourceAsStream("portrait.js"))) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines().map(String::strip)
          .filter(Predicate.not(String::isEmpty)).filter(line -> !line.startsWith("//"))
          .collect(Collectors.joining("\n", "", "\n")).getBytes(StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException("cannot read portrait.js", unreadable);
    }
  }

  private static String hash(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content), 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }
}
