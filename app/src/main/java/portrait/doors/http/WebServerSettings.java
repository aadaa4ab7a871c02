package portrait.doors.http;

import java.util.Optional;
import portrait.foundation.model.Secret;

/// Where the server listens and what it takes.
///
/// @param host the address to listen on: loopback unless told otherwise
/// @param port 0 takes any free one
/// @param localKey a key that the server makes for commands on this machine; its bearer acts as the owner
/// @param uploadBytesMax the largest file that a person may upload in the browser
/// @param rates how often callers may ask
/// @param queries what open-ended questions may cost
/// @param traces who is told what each request took
/// @param connections what callers may cost who say little
public record WebServerSettings(String host, int port, Optional<Secret> localKey, long uploadBytesMax,
    RateLimits rates, QueryLimits queries, Traces traces, ConnectionLimits connections) {

  private static final long UPLOAD_BYTES_MAX = 4L << 30;

  /// Loopback, for this machine only.
  public static WebServerSettings local(int port) {
    return new WebServerSettings("127.0.0.1", port, Optional.empty(), UPLOAD_BYTES_MAX, RateLimits.STANDARD,
        QueryLimits.STANDARD, Traces.none(), ConnectionLimits.STANDARD);
  }

  public WebServerSettings withHost(String other) {
    return new WebServerSettings(other, port, localKey, uploadBytesMax, rates, queries, traces,
        connections);
  }

  public WebServerSettings withLocalKey(Secret key) {
    return new WebServerSettings(host, port, Optional.of(key), uploadBytesMax, rates, queries, traces,
        connections);
  }

  public WebServerSettings withRates(RateLimits other) {
    return new WebServerSettings(host, port, localKey, uploadBytesMax, other, queries, traces,
        connections);
  }

  public WebServerSettings withQueries(QueryLimits other) {
    return new WebServerSettings(host, port, localKey, uploadBytesMax, rates, other, traces,
        connections);
  }

  public WebServerSettings withTraces(Traces other) {
    return new WebServerSettings(host, port, localKey, uploadBytesMax, rates, queries, other,
        connections);
  }

  public WebServerSettings withConnections(ConnectionLimits other) {
    return new WebServerSettings(host, port, localKey, uploadBytesMax, rates, queries, traces, other);
  }
}
