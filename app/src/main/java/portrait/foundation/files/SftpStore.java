package portrait.foundation.files;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.Attributes;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.apache.sshd.sftp.client.SftpClientFactory;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHFsyncExtension;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHPosixRenameExtension;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// Files of an SSH server. A file is written beside its place under a hidden name and renamed.
///
/// OpenSSH replaces by a rename of its own. Where a server has neither that nor version 5 of the protocol, the old file
/// is deleted first, and for that moment there is none.
final class SftpStore implements FileStore {

  private static final int PART_BYTES = 1 << 18;
  private static final int VERSION_WITH_OVERWRITE = 5;
  private static final int VERSION_WITH_LINKS = 6;
  private static final Pattern ONE_LINE = Pattern.compile("(-----BEGIN [A-Z ]+-----)([^-:]+)(-----END [A-Z ]+-----)");
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(60);

  private final Place.Sftp place;
  private final SshClient ssh = SshClient.setUpDefaultClient();
  private @Nullable SftpClient client;
  private @Nullable ClientSession session;
  private @Nullable String refusedHostKey;

  SftpStore(Place.Sftp place) {
    this.place = place;
    // Nothing of what the user of this process keeps in ~/.ssh.
    ssh.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    ssh.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    ssh.setServerKeyVerifier((_, _, key) -> {
      String found = KeyUtils.getFingerPrint(BuiltinDigests.sha256, key);
      boolean isKnown = place.hostKey().strip().equals(found);
      refusedHostKey = isKnown ? null : found;
      return isKnown;
    });
    CoreModuleProperties.HEARTBEAT_INTERVAL.set(ssh, Duration.ofSeconds(20));
    CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(ssh, 3);
    ssh.start();
  }

  @Override
  public void list(String prefix, Consumer<StoredFile> use) {
    var found = new TreeMap<String, StoredFile>();
    asked("listing files", Trouble.NO_BUCKET, sftp -> {
      collect(sftp, "", prefix, found);
      return true;
    });
    found.values().forEach(use);
  }

  private void collect(SftpClient sftp, String folder, String prefix, TreeMap<String, StoredFile> found)
      throws IOException {
    for (var entry : sftp.readEntries(folder.isEmpty() ? root() : path(folder))) {
      if (entry.getFilename().equals(".") || entry.getFilename().equals("..")) {
        continue;
      }
      String name = folder.isEmpty() ? entry.getFilename() : folder + "/" + entry.getFilename();
      boolean mayHold = name.startsWith(prefix) || prefix.startsWith(name + "/");
      if (entry.getAttributes().isDirectory() && mayHold) {
        collect(sftp, name, prefix, found);
      } else if (entry.getAttributes().isRegularFile() && name.startsWith(prefix) && !Names.isUnpublished(name)) {
        found.put(name, file(name, entry.getAttributes()));
      }
    }
  }

  private static StoredFile file(String name, Attributes about) {
    var modified = Optional.ofNullable(about.getModifyTime()).map(time -> time.toInstant()).orElse(Instant.EPOCH);
    return new StoredFile(name, about.getSize(), modified, about.getSize() + "@" + modified);
  }

  @Override
  public Optional<StoredFile> find(String name) {
    return asked("looking at " + name, Trouble.ABSENT, sftp -> stat(sftp, path(name)).filter(Attributes::isRegularFile)
        .map(about -> file(name, about)));
  }

  private static Optional<Attributes> stat(SftpClient sftp, String path) throws IOException {
    try {
      return Optional.of(sftp.stat(path));
    } catch (SftpException failure) {
      if (failure.getStatus() == SftpConstants.SSH_FX_NO_SUCH_FILE
          || failure.getStatus() == SftpConstants.SSH_FX_NO_SUCH_PATH) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  @Override
  public InputStream read(String name) {
    return asked("reading " + name, Trouble.ABSENT, sftp -> {
      long bytes = sftp.stat(path(name)).getSize();
      return new Download(sftp.read(path(name)), name, bytes, this::problem);
    });
  }

  @Override
  public Upload create(String name, Existing existing) {
    return new Upload(name, new Written(name, path(name), existing));
  }

  @Override
  public void delete(String name) {
    asked("deleting " + name, Trouble.ABSENT, sftp -> {
      if (stat(sftp, path(name)).isPresent()) {
        sftp.remove(path(name));
      }
      return true;
    });
  }

  @Override
  public void verifyReading() {
    asked("listing files", Trouble.NO_BUCKET, sftp -> {
      try (var folder = sftp.openDir(root())) {
        return folder.isOpen();
      }
    });
  }

  @Override
  public void close() {
    try {
      if (client != null) {
        client.close();
      }
      if (session != null) {
        session.close();
      }
    } catch (IOException failure) {
      throw problem("closing", failure);
    } finally {
      ssh.stop();
    }
  }

  private String root() {
    String folder = place.folder().replaceAll("/+$", "");
    return folder.isEmpty() ? place.folder().startsWith("/") ? "/" : "." : folder;
  }

  private String path(String name) {
    return root().equals("/") ? "/" + Names.checked(name) : root() + "/" + Names.checked(name);
  }

  private interface Call<T> {
    T run(SftpClient sftp) throws IOException;
  }

  /// @param notFound what it means when a path is not there
  private <T> T asked(String doing, Trouble notFound, Call<T> call) {
    try {
      return call.run(connected(doing));
    } catch (SftpException failure) {
      boolean isAbsent = failure.getStatus() == SftpConstants.SSH_FX_NO_SUCH_FILE
          || failure.getStatus() == SftpConstants.SSH_FX_NO_SUCH_PATH;
      throw isAbsent ? notFound.answered(place.address(), doing, said(failure)) : problem(doing, failure);
    } catch (IOException failure) {
      throw problem(doing, failure);
    }
  }

  private SftpClient connected(String doing) throws IOException {
    var open = client;
    if (open != null && open.isOpen()) {
      return open;
    }
    refusedHostKey = null;
    var connected = ssh.connect(place.user(), place.host(), place.port()).verify(CONNECT).getSession();
    session = connected;
    switch (place.key()) {
      case Place.SftpKey.Password(var password) -> connected.addPasswordIdentity(password.reveal());
      case Place.SftpKey.PrivateKey key -> connected.addPublicKeyIdentity(keyPair(key));
    }
    try {
      connected.auth().verify(ANSWER);
    } catch (SshException refused) {
      if (refusedHostKey != null || Trouble.ofNetwork(refused).isPresent()) {
        throw refused;
      }
      throw Trouble.WRONG_KEY.happened(place.address(), doing, refused);
    }
    open = SftpClientFactory.instance().createSftpClient(connected);
    client = open;
    return open;
  }

  private static KeyPair keyPair(Place.SftpKey.PrivateKey key) {
    var text = new ByteArrayInputStream(inLines(key.key().reveal()).getBytes(StandardCharsets.UTF_8));
    var passphrase = key.passphrase().map(secret -> FilePasswordProvider.of(secret.reveal()))
        .orElse(FilePasswordProvider.EMPTY);
    try {
      var pairs = SecurityUtils.loadKeyPairIdentities(null, NamedResource.ofName("key"), text, passphrase);
      if (pairs != null) {
        return pairs.iterator().next();
      }
    } catch (IOException | GeneralSecurityException | RuntimeException _) {
      // Told below: what went wrong may quote the key.
    }
    throw Problem.of(Problem.Code.INVALID_SETTING, "the private key cannot be read",
        "Paste the whole file, from BEGIN to END, and give its passphrase if it has one.").asException();
  }

  /// A key that went through a field of one line has blanks where its lines ended.
  private static String inLines(String key) {
    var match = ONE_LINE.matcher(key.strip());
    return match.matches()
        ? match.group(1) + "\n" + match.group(2).strip().replaceAll("\\s+", "\n") + "\n" + match.group(3) + "\n"
        : key;
  }

  private static String said(SftpException failure) {
    return SftpConstants.getStatusName(failure.getStatus());
  }

  private ProblemException problem(String doing, Exception failure) {
    if (refusedHostKey != null) {
      return Trouble.HOST_KEY.answered(place.address(), doing, refusedHostKey);
    }
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof SftpException answered) {
        return trouble(answered.getStatus()).answered(place.address(), doing, said(answered));
      }
    }
    return Trouble.ofNetwork(failure).orElse(Trouble.CUT).happened(place.address(), doing, failure);
  }

  private static Trouble trouble(int status) {
    return switch (status) {
      case SftpConstants.SSH_FX_NO_SUCH_FILE, SftpConstants.SSH_FX_NO_SUCH_PATH -> Trouble.ABSENT;
      case SftpConstants.SSH_FX_PERMISSION_DENIED, SftpConstants.SSH_FX_WRITE_PROTECT -> Trouble.NOT_PERMITTED;
      case SftpConstants.SSH_FX_FILE_ALREADY_EXISTS -> Trouble.EXISTS;
      case SftpConstants.SSH_FX_NO_SPACE_ON_FILESYSTEM, SftpConstants.SSH_FX_QUOTA_EXCEEDED -> Trouble.FULL;
      case SftpConstants.SSH_FX_NO_CONNECTION, SftpConstants.SSH_FX_CONNECTION_LOST -> Trouble.CUT;
      default -> Trouble.OTHER;
    };
  }

  private final class Written implements Upload.Parts {

    private final String name;
    private final String path;
    private final String hidden;
    private final String beside;
    private final Existing existing;
    private @Nullable OutputStream stream;

    Written(String name, String path, Existing existing) {
      this.name = name;
      this.path = path;
      this.hidden = Names.unpublished(name, UUID.randomUUID().toString());
      this.beside = path(hidden);
      this.existing = existing;
    }

    @Override
    public int partBytes() {
      return PART_BYTES;
    }

    @Override
    public void add(byte[] part, int length) {
      asked("writing " + name, Trouble.NO_BUCKET, sftp -> {
        opened(sftp).write(part, 0, length);
        return true;
      });
    }

    private OutputStream opened(SftpClient sftp) throws IOException {
      var out = stream;
      if (out == null) {
        makeFolder(sftp, beside.substring(0, beside.lastIndexOf('/')));
        out = sftp.write(beside, PART_BYTES, OpenMode.Write, OpenMode.Create, OpenMode.Exclusive);
        stream = out;
      }
      return out;
    }

    private void makeFolder(SftpClient sftp, String folder) throws IOException {
      if (folder.isEmpty() || stat(sftp, folder).isPresent()) {
        return;
      }
      if (folder.contains("/")) {
        makeFolder(sftp, folder.substring(0, folder.lastIndexOf('/')));
      }
      try {
        sftp.mkdir(folder);
      } catch (SftpException failure) {
        // Somebody else may have been quicker.
        if (stat(sftp, folder).isEmpty()) {
          throw failure;
        }
      }
    }

    @Override
    public void finish(byte[] rest, int length) {
      asked("writing " + name, Trouble.NO_BUCKET, sftp -> {
        try (var out = opened(sftp)) {
          out.write(rest, 0, length);
        }
        var fsync = sftp.getExtension(OpenSSHFsyncExtension.class);
        if (fsync != null && fsync.isSupported()) {
          try (var handle = sftp.open(beside, OpenMode.Write)) {
            fsync.fsync(handle);
          }
        }
        switch (existing) {
          case REPLACE -> replace(sftp);
          case KEEP -> keep(sftp);
        }
        stream = null;
        return true;
      });
    }

    private void replace(SftpClient sftp) throws IOException {
      var posix = sftp.getExtension(OpenSSHPosixRenameExtension.class);
      if (posix != null && posix.isSupported()) {
        posix.posixRename(beside, path);
      } else if (sftp.getVersion() >= VERSION_WITH_OVERWRITE) {
        sftp.rename(beside, path, SftpClient.CopyMode.Overwrite);
      } else {
        if (stat(sftp, path).isPresent()) {
          sftp.remove(path);
        }
        sftp.rename(beside, path);
      }
    }

    /// By a second name where the protocol has that: some servers look for the file and only then rename, so that two
    /// writers can both win. OpenSSH, which speaks version 3, renames by a second name itself.
    private void keep(SftpClient sftp) throws IOException {
      try {
        if (sftp.getVersion() < VERSION_WITH_LINKS || !linked(sftp)) {
          sftp.rename(beside, path);
        }
      } catch (SftpException failure) {
        // Version 3 knows no word for it.
        if (stat(sftp, path).isPresent()) {
          throw Trouble.EXISTS.answered(place.address(), "writing " + name, said(failure));
        }
        throw failure;
      }
    }

    /// Whether the file has its name now; false where the server's disk knows no second names.
    private boolean linked(SftpClient sftp) throws IOException {
      try {
        sftp.link(path, beside, false);
      } catch (SftpException failure) {
        if (failure.getStatus() == SftpConstants.SSH_FX_OP_UNSUPPORTED) {
          return false;
        }
        throw failure;
      }
      sftp.remove(beside);
      return true;
    }

    /// Over a connection of its own, if need be: that of the upload may be why it is given up.
    @Override
    public void giveUp() {
      var out = stream;
      if (out == null) {
        return;
      }
      try {
        out.close();
      } catch (IOException _) {
        // What cannot be deleted below stays under its hidden name, which no list shows.
      }
      try {
        delete(hidden);
      } catch (ProblemException _) {
        // A connection that is breaking off is called open for a moment longer.
        client = null;
        delete(hidden);
      }
    }
  }
}
