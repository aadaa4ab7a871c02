package portrait.processes.privacy;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/// What was erased, when and by whom. It holds nothing about the person: who has the person's identity can compare it
/// with `subjects`, nobody else learns anything.
///
/// @param subjects salted hashes of the identities that the person was named by
/// @param erased what each place held and holds no longer
/// @param left what was found of it afterwards; 0 when all is gone
/// @param kept what the erasure left, and why it may
/// @param hash SHA-256 over all the rest, so that a changed copy shows
public record Certificate(UUID id, Instant at, String by, String reason, List<String> subjects, List<Holding> erased,
    long left, List<Holding> kept, String hash) {

  public Certificate {
    subjects = List.copyOf(subjects);
    erased = List.copyOf(erased);
    kept = List.copyOf(kept);
  }

  Certificate signed() {
    return new Certificate(id, at, by, reason, subjects, erased, left, kept, digest());
  }

  /// Whether nobody changed it.
  @JsonIgnore
  public boolean isGenuine() {
    return hash.equals(digest());
  }

  private String digest() {
    String text = JsonMapper.shared()
        .writeValueAsString(new Certificate(id, at, by, reason, subjects, erased, left, kept, ""));
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
