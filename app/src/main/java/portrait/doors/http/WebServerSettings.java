package portrait.doors.http;

import java.util.Optional;
import portrait.foundation.model.Secret;

/// Where the server listens and what it takes.
///
/// @param host the address to listen on: loopback unless told otherwise
/// @param port 0 takes any free one
/// @param localKey a key that the server makes for commands on this machine; its bearer acts as the owner
/// @param uploadBytesMax the largest file that a person may upload in the browser
/// @param lookUpsPerSecond from one address with one limited key; 0 for no bound
public record WebServerSettings(String host, int port, Optional<Secret> localKey, long uploadBytesMax,
    int lookUpsPerSecond) {

  /// Enough for the visitors of one office behind one address.
  public static final int LOOK_UPS_PER_SECOND = 50;

  private static final long UPLOAD_BYTES_MAX = 4L << 30;

  /// Loopback, for this machine only.
  public static WebServerSettings local(int port) {
    return new WebServerSettings("127.0.0.1", port, Optional.empty(), UPLOAD_BYTES_MAX, LOOK_UPS_PER_SECOND);
  }

  public WebServerSettings withHost(String other) {
    return new WebServerSettings(other, port, localKey, uploadBytesMax, lookUpsPerSecond);
  }

  public WebServerSettings withLocalKey(Secret key) {
    return new WebServerSettings(host, port, Optional.of(key), uploadBytesMax, lookUpsPerSecond);
  }

  public WebServerSettings withLookUpsPerSecond(int most) {
    return new WebServerSettings(host, port, localKey, uploadBytesMax, most);
  }
}
