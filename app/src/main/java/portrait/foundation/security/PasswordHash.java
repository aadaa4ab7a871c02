package portrait.foundation.security;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.concurrent.Semaphore;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import portrait.foundation.model.Secret;

/// What is kept of a password: PBKDF2 with HMAC-SHA256 (RFC 8018), its salt and its cost.
record PasswordHash(byte[] hash, byte[] salt, int iterations) {

  private static final int BITS = 256;

  /// Hashing is slow on purpose. No more than this many at once, so that a flood of sign-ins leaves the processors to
  /// the others.
  private static final Semaphore AT_ONCE = new Semaphore(2);

  static PasswordHash of(Secret password, int iterations) {
    byte[] salt = Tokens.randomBytes(16);
    return new PasswordHash(derive(password, salt, iterations), salt, iterations);
  }

  boolean matches(Secret password) {
    return MessageDigest.isEqual(hash, derive(password, salt, iterations));
  }

  private static byte[] derive(Secret password, byte[] salt, int iterations) {
    AT_ONCE.acquireUninterruptibly();
    var specification = new PBEKeySpec(password.reveal().toCharArray(), salt, iterations, BITS);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(specification).getEncoded();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    } finally {
      specification.clearPassword();
      AT_ONCE.release();
    }
  }
}
