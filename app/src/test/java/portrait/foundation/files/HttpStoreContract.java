package portrait.foundation.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What every store that is spoken to over HTTP must do besides.
abstract class HttpStoreContract extends RemoteStoreContract {

  /// Answers of the real service, whole, that the counterpart cannot be brought to give, and the cause that each means.
  abstract Map<String, String> refusals();

  @Test
  void aShortSpellOfOverloadIsWaitedFor() throws IOException {
    try (var store = throughProxy()) {
      proxy.answer(2, "HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      write(store, "patient.txt", new byte[]{1});

      assertEquals(1, store.find("patient.txt").orElseThrow().bytes());
    }
  }

  @Test
  void overloadThatLastsIsNamed() throws IOException {
    for (String answer : new String[]{"503 Slow Down", "429 Too Many Requests"}) {
      try (var store = throughProxy()) {
        proxy.answer(Integer.MAX_VALUE,
            "HTTP/1.1 " + answer + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        assertCause("busy", () -> write(store, "busy.txt", new byte[]{1}));
      }
    }
  }

  @Test
  void anErrorOfTheServerIsNamed() throws IOException {
    try (var store = throughProxy()) {
      proxy.answer(Integer.MAX_VALUE, "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      assertCause("failed", () -> write(store, "failed.txt", new byte[]{1}));
    }
  }

  @Test
  void whatTheServiceRefusesIsNamed() throws IOException {
    for (var refusal : refusals().entrySet()) {
      try (var store = throughProxy()) {
        proxy.answer(Integer.MAX_VALUE, refusal.getKey());
        assertCause(refusal.getValue(), () -> write(store, "refused.txt", new byte[]{1}));
      }
    }
  }

  /// An answer as it goes over the wire.
  static String answer(String status, Map<String, String> headers, String body) {
    var text = new StringBuilder("HTTP/1.1 " + status + "\r\n");
    headers.forEach((name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
    return text.append("Content-Length: ").append(body.length()).append("\r\nConnection: close\r\n\r\n").append(body)
        .toString();
  }
}
