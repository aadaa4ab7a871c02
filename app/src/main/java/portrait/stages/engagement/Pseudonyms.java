package portrait.stages.engagement;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import portrait.foundation.model.Secret;

/// Numbers in place of addresses and ids. Made for one count, the key is never written anywhere, so that what a count
/// leaves behind when it is cut off names nobody; made of a secret, the same address has the same number next time.
final class Pseudonyms {

  private final Mac mac;

  Pseudonyms() {
    this(random());
  }

  private Pseudonyms(byte[] key) {
    mac = mac(key);
  }

  /// @param purpose the numbers of another purpose have nothing in common with these
  static Pseudonyms of(Secret secret, String purpose) {
    return new Pseudonyms(mac(secret.reveal().getBytes(StandardCharsets.UTF_8))
        .doFinal(("mail and meetings: " + purpose).getBytes(StandardCharsets.UTF_8)));
  }

  private static byte[] random() {
    var key = new byte[32];
    new SecureRandom().nextBytes(key);
    return key;
  }

  private static Mac mac(byte[] key) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac;
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("every Java has HmacSHA256", missing);
    }
  }

  /// Of ten million texts two have the same number about once in 400,000 counts.
  synchronized long of(String text) {
    return ByteBuffer.wrap(mac.doFinal(text.getBytes(StandardCharsets.UTF_8))).getLong();
  }
}
