package portrait.foundation.places;

import java.util.Optional;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.connections.Setting;
import portrait.foundation.files.Place;
import portrait.foundation.model.Secret;

/// A folder of an SSH server.
public record Sftp(
    @Setting(title = "Host", help = "The name of the server.", example = "files.example.com") String host,
    @Setting(title = "Port", help = "Where it listens.", standard = "22", min = 1, max = 65535) int port,
    @Setting(title = "User", help = "The account on the server.", example = "portrait") String user,
    @Setting(title = "Signs in with", help = "password, or private_key.", standard = "password") SignIn signIn,
    @Setting(title = "Password or private key", help = "A private key is pasted whole, from BEGIN to END.") Secret credential,
    @Setting(title = "Passphrase", help = "Of the private key, where it has one.") Optional<Secret> passphrase,
    @Setting(title = "Host key", help = "The fingerprint of the server's key as ssh-keygen -l prints it. Ask who runs the server; Verify shows the one it finds.", example = "SHA256:uNiVztksCsDhcc0u9e8BrqgHVSdpHpTdFTIRZ1pgIkQ") String hostKey,
    @Setting(title = "Folder", help = "Where files are; the account's own folder when empty.", example = "upload/portrait") Optional<String> folder)
    implements
      FileAccount {

  /// What people choose.
  public static final Connector<Sftp> CONNECTOR = new Connector<>("sftp", "SFTP",
      "Files in a folder of an SSH server.", Form.of(Sftp.class));

  /// How the account is opened.
  public enum SignIn {
    PASSWORD, PRIVATE_KEY
  }

  @Override
  public Place place(Reach reach) {
    return new Place.Sftp(host, port, user, switch (signIn) {
      case PASSWORD -> new Place.SftpKey.Password(credential);
      case PRIVATE_KEY -> new Place.SftpKey.PrivateKey(credential, passphrase);
    }, hostKey, folder.orElse(""));
  }
}
