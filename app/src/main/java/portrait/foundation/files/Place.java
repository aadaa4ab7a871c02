package portrait.foundation.files;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import portrait.foundation.model.Secret;

/// Where files lie, and what is needed to get there.
///
/// A `folder` stands before the name of every file; empty for none.
public sealed interface Place {

  /// How people know it: `s3://bucket/folder`. Never a secret.
  String address();

  /// A folder of this machine.
  record Disk(Path path) implements Place {
    @Override
    public String address() {
      return path.toString();
    }
  }

  /// Amazon S3, or a store that speaks its protocol.
  ///
  /// @param endpoint of a compatible store; its buckets are then part of the path
  /// @param sessionToken for keys that expire
  record S3(String bucket, String folder, String region, Optional<URI> endpoint, String accessKeyId,
      Secret secretAccessKey, Optional<Secret> sessionToken) implements Place {
    @Override
    public String address() {
      return Place.joined("s3://" + bucket, folder);
    }
  }

  /// A container of Azure Blob Storage.
  ///
  /// @param endpoint of a sovereign cloud or a compatible store; otherwise it follows from the account
  record AzureBlob(String account, String container, String folder, Optional<URI> endpoint, AzureKey key)
      implements
        Place {
    @Override
    public String address() {
      return Place.joined("azure://" + account + "/" + container, folder);
    }
  }

  /// What opens a storage account.
  sealed interface AzureKey {
    /// The account's key.
    record Shared(Secret key) implements AzureKey {}

    /// A shared access signature, with or without its question mark.
    record Signature(Secret token) implements AzureKey {}
  }

  /// A bucket of Google Cloud Storage.
  ///
  /// @param serviceAccount the JSON key of a service account
  record GoogleCloudStorage(String bucket, String folder, Optional<URI> endpoint, Secret serviceAccount)
      implements
        Place {
    @Override
    public String address() {
      return Place.joined("gs://" + bucket, folder);
    }
  }

  /// A folder of an SSH server.
  ///
  /// @param hostKey the fingerprint of the server's key, `SHA256:…`, as `ssh-keygen -l` prints it
  record Sftp(String host, int port, String user, SftpKey key, String hostKey, String folder) implements Place {
    @Override
    public String address() {
      return Place.joined("sftp://" + host + ":" + port, folder.startsWith("/") ? folder.substring(1) : folder);
    }
  }

  /// What opens an account of an SSH server.
  sealed interface SftpKey {
    record Password(Secret password) implements SftpKey {}

    /// A private key in PEM or OpenSSH form.
    record PrivateKey(Secret key, Optional<Secret> passphrase) implements SftpKey {}
  }

  private static String joined(String root, String folder) {
    return folder.isEmpty() ? root : root + "/" + folder;
  }
}
