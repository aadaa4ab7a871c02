package portrait.foundation.connections;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;

/// A key that seals secrets with AES-256 in Galois/Counter Mode, so a sealed secret can be neither read nor changed
/// without it. The name of a secret is sealed with it: one cannot be put in another's place.
final class VaultKey {

  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final byte[] bytes;

  private VaultKey(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  static VaultKey random() {
    var bytes = new byte[KEY_BYTES];
    RANDOM.nextBytes(bytes);
    return new VaultKey(bytes);
  }

  /// @throws ProblemException `invalid_setting` when it is no key
  static VaultKey of(Secret text, String where) {
    try {
      byte[] bytes = Base64.getDecoder().decode(text.reveal().strip());
      if (bytes.length == KEY_BYTES) {
        return new VaultKey(bytes);
      }
    } catch (IllegalArgumentException _) {
      // Told below: what it was must not be shown.
    }
    throw Problem.of(Problem.Code.INVALID_SETTING, "the key of the vault in %s must be 32 bytes in Base64".formatted(
        where), "openssl rand -base64 32 makes one.").asException();
  }

  static VaultKey read(Path file) {
    try {
      return of(Secret.of(Files.readString(file)), file.toString());
    } catch (IOException unreadable) {
      throw new ProblemException(Problem.of(Problem.Code.INVALID_SETTING,
          "the key of the vault in %s cannot be read".formatted(file), "Its owner must be who runs the server."),
          unreadable);
    }
  }

  /// Whole or not at all, and never readable by others.
  void write(Path file) {
    var partial = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.deleteIfExists(partial);
      try (var channel = Files.newByteChannel(partial,
          Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
        channel.write(ByteBuffer.wrap((Base64.getEncoder().encodeToString(bytes) + "\n")
            .getBytes(StandardCharsets.US_ASCII)));
      }
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      throw new ProblemException(Problem.of(Problem.Code.STORE_FAILED,
          "the key of the vault cannot be written to %s".formatted(file), "Make room, or allow writing there."),
          failure);
    }
  }

  /// Tells keys apart and gives nothing of them away.
  String id() {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 8);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /// Nonce and sealed text.
  byte[] seal(String name, Secret secret) {
    var nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    byte[] sealed = apply(Cipher.ENCRYPT_MODE, name, nonce, secret.reveal().getBytes(StandardCharsets.UTF_8));
    return ByteBuffer.allocate(nonce.length + sealed.length).put(nonce).put(sealed).array();
  }

  Secret open(String name, byte[] sealed) {
    var buffer = ByteBuffer.wrap(sealed);
    var nonce = new byte[NONCE_BYTES];
    buffer.get(nonce);
    var rest = new byte[buffer.remaining()];
    buffer.get(rest);
    return Secret.of(new String(apply(Cipher.DECRYPT_MODE, name, nonce, rest), StandardCharsets.UTF_8));
  }

  private byte[] apply(int mode, String name, byte[] nonce, byte[] text) {
    try {
      var cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, new SecretKeySpec(bytes, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(name.getBytes(StandardCharsets.UTF_8));
      return cipher.doFinal(text);
    } catch (GeneralSecurityException wrong) {
      throw new ProblemException(Problem.of(Problem.Code.STORE_FAILED,
          "the secret '%s' cannot be opened: it was sealed with another key, or changed".formatted(name),
          "Put it in again."), wrong);
    }
  }
}
