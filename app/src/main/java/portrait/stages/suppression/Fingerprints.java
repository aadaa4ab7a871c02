package portrait.stages.suppression;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import portrait.foundation.model.Identity;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Identities by their salted hashes: whoever has a value can ask whether it is among them, and nobody can read them out.
///
/// @param salt secret of this installation
/// @param hashes by namespace
public record Fingerprints(String salt, Map<String, Set<String>> hashes) {

  /** 128 bits: nobody is taken for somebody else by chance. */
  static final int LENGTH = 32;

  /** A shorter value may stand anywhere by chance, unless it is called an id. */
  private static final int TELLING_LENGTH = 5;

  private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{N}@._+:|-]+");

  public Fingerprints {
    var copy = new HashMap<String, Set<String>>();
    hashes.forEach((namespace, some) -> copy.put(namespace, Set.copyOf(some)));
    hashes = Map.copyOf(copy);
  }

  /// Those of these identities.
  public static Fingerprints of(String salt, Collection<Identity> identities) {
    var hashes = new HashMap<String, Set<String>>();
    identities.forEach(identity -> hashes.computeIfAbsent(identity.namespace(), _ -> new HashSet<>())
        .add(hash(salt, identity)));
    return new Fingerprints(salt, hashes);
  }

  @JsonIgnore
  public boolean isEmpty() {
    return hashes.isEmpty();
  }

  /// How many identities there are.
  public long count() {
    return hashes.values().stream().mapToLong(Set::size).sum();
  }

  public boolean has(Identity identity) {
    var some = hashes.get(identity.namespace());
    return some != null && some.contains(hash(salt, identity));
  }

  public boolean hasAny(Collection<Identity> identities) {
    return !hashes.isEmpty() && identities.stream().anyMatch(this::has);
  }

  /// Whether a message that could not be understood names one of them: a value of its JSON, or a word of a text that is
  /// none, is the value of an identity in whatever namespace.
  public boolean mentions(byte[] message) {
    if (hashes.isEmpty()) {
      return false;
    }
    String text = new String(message, StandardCharsets.UTF_8);
    try {
      return mentions("", JsonMapper.shared().readTree(text));
    } catch (JacksonException _) {
      return mentions(text);
    }
  }

  /// Whether a word of a text is the value of one of them, in whatever namespace.
  public boolean mentions(String text) {
    return !hashes.isEmpty()
        && BETWEEN_WORDS.splitAsStream(text).anyMatch(word -> word.length() >= TELLING_LENGTH && isValue(word));
  }

  private boolean mentions(String name, JsonNode json) {
    if (json.isObject()) {
      return json.properties().stream().anyMatch(member -> mentions(member.getKey(), member.getValue()));
    }
    if (json.isArray()) {
      return json.valueStream().anyMatch(value -> mentions(name, value));
    }
    String value = json.asString("");
    boolean isTelling = value.length() >= TELLING_LENGTH || name.toLowerCase(Locale.ROOT).endsWith("id");
    return isTelling && isValue(value);
  }

  private boolean isValue(String value) {
    String stripped = value.strip();
    return !stripped.isEmpty() && stripped.length() <= Identity.VALUE_LENGTH_MAX
        && hashes.keySet().stream().anyMatch(namespace -> has(new Identity(namespace, stripped)));
  }

  /// The hash of an identity, with this salt.
  public String hashOf(Identity identity) {
    return hash(salt, identity);
  }

  static String hash(String salt, Identity identity) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256")
          .digest((prefix(salt, identity.namespace()) + identity.value()).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, LENGTH);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /// What stands before the value that is hashed; the warehouse does the same.
  static String prefix(String salt, String namespace) {
    return salt + ":" + namespace + ":";
  }
}
