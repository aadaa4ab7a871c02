package portrait.foundation.outside;

import java.util.Properties;

/// How the line to a mail server is protected.
public enum MailSecurity {
  /** Encrypted once both have agreed; the ordinary way of sending. */
  STARTTLS,
  /** Encrypted from the first byte. */
  TLS,
  /** Not at all: for a server on this machine. */
  NONE;

  private static final String WAIT_MILLIS = "20000";

  /// What a session needs: this protection or no connection at all, the server's name proven, and nothing awaited for
  /// ever.
  ///
  /// @param protocol `smtp` or `imap`
  public Properties properties(String protocol) {
    String prefix = "mail." + protocol + ".";
    var properties = new Properties();
    properties.put(prefix + "connectiontimeout", WAIT_MILLIS);
    properties.put(prefix + "timeout", WAIT_MILLIS);
    properties.put(prefix + "writetimeout", WAIT_MILLIS);
    properties.put(prefix + "ssl.checkserveridentity", "true");
    properties.put(prefix + "ssl.enable", String.valueOf(this == TLS));
    properties.put(prefix + "starttls.enable", String.valueOf(this == STARTTLS));
    properties.put(prefix + "starttls.required", String.valueOf(this == STARTTLS));
    return properties;
  }
}
