package portrait.doors.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Database;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.Problem;
import tools.jackson.databind.json.JsonMapper;

/// Requests that programs send again because they never saw the answer: with the same `Idempotency-Key` they are
/// answered as they were the first time, and nothing is done twice. (The header is that of the IETF draft
/// "The Idempotency-Key HTTP Header Field".)
///
/// An answer may hold what nobody else may see, such as the text of a new key. So it is encrypted under the caller's
/// credential together with the `Idempotency-Key`, neither of which is stored: a copy of the store shows nothing.
public final class Repeats {

  private static final Duration KEPT = Duration.ofHours(24);
  /** After that, whoever answered is believed to have died on the way. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");
  private static final int BODY_BYTES_MAX = 4 << 20;
  private static final int SALT_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Database database;
  private final Clock clock;

  public Repeats(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  /// The route, made to answer a repeated request as it did the first time.
  public Routes.Route guard(Routes.Route route) {
    return route.method().changes() ? route.with(request -> answer(request, route.handler())) : route;
  }

  private Answer answer(Request request, Handler handler) throws IOException {
    var given = request.header("Idempotency-Key");
    if (given.isEmpty()) {
      return handler.handle(request);
    }
    refuseOdd(request, given.get());
    var secret = digest(request.credential().orElse(""), given.get());
    String name = HexFormat.of().formatHex(digest("name", HexFormat.of().formatHex(secret)));
    String content = HexFormat.of().formatHex(digest(request.method() + " " + request.target(),
        HexFormat.of().formatHex(sha256().digest(request.keepBody(BODY_BYTES_MAX)))));
    var kept = database.write(transaction -> begin(transaction, name, content));
    if (kept.isPresent()) {
      return opened(kept.get(), secret).withHeader("Idempotency-Replayed", "true");
    }
    @Nullable
    Answer answer = null;
    try {
      answer = handler.handle(request);
    } finally {
      keep(name, answer == null ? Optional.empty() : sealed(answer, secret));
    }
    return answer;
  }

  private static void refuseOdd(Request request, String key) {
    if (!KEY.matcher(key).matches()) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER,
          "Idempotency-Key has %d characters but must have 1 to 255 that print, without spaces".formatted(key.length()),
          "A random UUID does.").asException();
    }
    if (request.header("Content-Type").filter(type -> type.startsWith("multipart/")).isPresent()) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "Idempotency-Key does not go with files in a form",
          "Loading the same files again changes nothing: send them without it.").asException();
    }
  }

  /// Notes that this request is being answered, or finds its answer.
  private Optional<byte[]> begin(Transaction transaction, String name, String content) {
    Instant now = clock.instant();
    transaction.update("DELETE FROM repeatable_request WHERE began_at < ?", now.minus(KEPT));
    transaction.update("DELETE FROM repeatable_request WHERE name = ? AND answer IS NULL AND began_at < ?", name,
        now.minus(PATIENCE));
    if (transaction.update("""
        INSERT INTO repeatable_request (name, content, began_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING
        """, name, content, now) == 1) {
      return Optional.empty();
    }
    record Row(String content, byte @Nullable [] answer) {}
    var row = transaction.first("""
        SELECT content, CASE WHEN answer IS NULL THEN 0 ELSE 1 END, COALESCE(answer, ?) FROM repeatable_request
        WHERE name = ?""", found -> new Row(found.text(1), found.number(2) == 0 ? null : found.bytes(3)), new byte[0],
        name).orElseThrow();
    if (!row.content().equals(content)) {
      throw Problem.of(Problem.Code.REUSED_KEY, "this Idempotency-Key was sent before with another request",
          "Make a new one for each request, and send the same only to repeat it.").asException();
    }
    if (row.answer() == null) {
      throw Problem.of(Problem.Code.CONFLICT, "the request with this Idempotency-Key is still being answered",
          "Send it again in a moment.").asException();
    }
    return Optional.of(row.answer());
  }

  /// What was refused or failed did nothing, so it is forgotten and may be tried again.
  private void keep(String name, Optional<byte[]> answer) {
    database.write(transaction -> answer.isPresent()
        ? transaction.update("UPDATE repeatable_request SET answer = ? WHERE name = ?", answer.get(), name)
        : transaction.update("DELETE FROM repeatable_request WHERE name = ?", name));
  }

  private static Optional<byte[]> sealed(Answer answer, byte[] secret) {
    if (!(answer.body() instanceof Answer.Body.Whole(var bytes))) {
      return Optional.empty();
    }
    var written = JSON.createObjectNode().put("status", answer.status());
    answer.headers().forEach(written.putObject("headers")::put);
    written.put("body", bytes);
    var salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    var hidden = cipher(Cipher.ENCRYPT_MODE, secret, salt, JSON.writeValueAsBytes(written));
    var whole = Arrays.copyOf(salt, SALT_BYTES + hidden.length);
    System.arraycopy(hidden, 0, whole, SALT_BYTES, hidden.length);
    return Optional.of(whole);
  }

  private static Answer opened(byte[] kept, byte[] secret) {
    var written = JSON.readTree(cipher(Cipher.DECRYPT_MODE, secret, Arrays.copyOf(kept, SALT_BYTES),
        Arrays.copyOfRange(kept, SALT_BYTES, kept.length)));
    var headers = new LinkedHashMap<String, String>();
    written.path("headers").properties().forEach(header -> headers.put(header.getKey(), header.getValue().asString()));
    return new Answer(written.path("status").asInt(), headers,
        new Answer.Body.Whole(written.path("body").binaryValue()));
  }

  private static byte[] cipher(int mode, byte[] secret, byte[] salt, byte[] content) {
    try {
      var cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, new SecretKeySpec(secret, "AES"), new GCMParameterSpec(TAG_BITS, salt));
      return cipher.doFinal(content);
    } catch (GeneralSecurityException broken) {
      throw new IllegalStateException("a kept answer cannot be sealed or opened", broken);
    }
  }

  private static byte[] digest(String one, String other) {
    var digest = sha256();
    digest.update(one.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
    return digest.digest(other.getBytes(StandardCharsets.UTF_8));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
