package portrait.foundation.files;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.json.JsonMapper;

/// Speaks the JSON protocol of Google Cloud Storage, as much of it as the official client uses, with its rules: tokens
/// for signed requests only, unfinished uploads unseen, conditions decided when the last byte has come. No ready-made
/// server in the registries does all of that.
public final class GoogleStandIn implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern OBJECTS = Pattern.compile("(?:/download|/upload)?/storage/v1/b/([^/]+)/o(?:/(.+))?");
  private static final Pattern RANGE = Pattern.compile("bytes (?:(\\d+)-(\\d+)|\\*)/(\\d+|\\*)");

  private record Stored(byte[] bytes, Map<String, Object> metadata, long generation, Instant updated) {}

  private record Session(String name, Map<String, Object> metadata, String ifGeneration, ByteArrayOutputStream bytes) {}

  private final HttpServer server;
  private final String bucket;
  private final PublicKey signer;
  private final String token = UUID.randomUUID().toString();
  private final NavigableMap<String, Stored> objects = new TreeMap<>();
  private final Map<String, Session> sessions = new ConcurrentHashMap<>();
  private long generations = 1_000;

  public GoogleStandIn(String bucket, PublicKey signer) throws IOException {
    this.bucket = bucket;
    this.signer = signer;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", exchange -> {
      try (exchange) {
        serve(exchange);
      }
    });
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void serve(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    if (path.equals("/token")) {
      giveToken(exchange);
      return;
    }
    if (!("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))
        && !exchange.getRequestMethod().equals("PUT")) {
      refuse(exchange, 401, "authError");
      return;
    }
    var query = query(exchange.getRequestURI().getRawQuery());
    var match = OBJECTS.matcher(path);
    if (!match.matches() || !match.group(1).equals(bucket)) {
      refuse(exchange, 404, "notFound");
      return;
    }
    if (path.startsWith("/upload/")) {
      upload(exchange, query);
    } else if (match.group(2) == null) {
      list(exchange, query);
    } else {
      object(exchange, URLDecoder.decode(match.group(2).replace("+", "%2B"), StandardCharsets.UTF_8), query);
    }
  }

  /// A token for a request that the service account has signed.
  private void giveToken(HttpExchange exchange) throws IOException {
    var form = query(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    var parts = form.getOrDefault("assertion", "").split("\\.");
    try {
      var signature = Signature.getInstance("SHA256withRSA");
      signature.initVerify(signer);
      signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
      if (!signature.verify(Base64.getUrlDecoder().decode(parts[2]))) {
        answer(exchange, 400, Map.of("error", "invalid_grant", "error_description", "Invalid JWT Signature."));
        return;
      }
    } catch (GeneralSecurityException failure) {
      throw new IOException(failure);
    }
    answer(exchange, 200, Map.of("access_token", token, "token_type", "Bearer", "expires_in", 3600));
  }

  private synchronized void list(HttpExchange exchange, Map<String, String> query) throws IOException {
    String prefix = query.getOrDefault("prefix", "");
    int max = Integer.parseInt(query.getOrDefault("maxResults", "1000"));
    var items = new ArrayList<Map<String, Object>>();
    String next = null;
    for (var entry : objects.tailMap(query.getOrDefault("pageToken", prefix)).entrySet()) {
      if (!entry.getKey().startsWith(prefix)) {
        break;
      }
      if (items.size() == max) {
        next = entry.getKey();
        break;
      }
      items.add(described(entry.getKey(), entry.getValue()));
    }
    var page = new LinkedHashMap<String, Object>(Map.of("kind", "storage#objects", "items", items));
    if (next != null) {
      page.put("nextPageToken", next);
    }
    answer(exchange, 200, page);
  }

  private synchronized void object(HttpExchange exchange, String name, Map<String, String> query) throws IOException {
    var stored = objects.get(name);
    if (stored == null || query.containsKey("generation")
        && Long.parseLong(query.get("generation")) != stored.generation()) {
      refuse(exchange, 404, "notFound");
    } else if (exchange.getRequestMethod().equals("DELETE")) {
      objects.remove(name);
      exchange.sendResponseHeaders(204, -1);
    } else if ("media".equals(query.get("alt"))) {
      media(exchange, stored);
    } else {
      answer(exchange, 200, described(name, stored));
    }
  }

  private static void media(HttpExchange exchange, Stored stored) throws IOException {
    int from = 0;
    int to = stored.bytes().length;
    String range = exchange.getRequestHeaders().getFirst("Range");
    if (range != null) {
      var ends = range.substring("bytes=".length()).split("-", -1);
      from = Integer.parseInt(ends[0]);
      to = ends[1].isEmpty() ? to : (int) Math.min(to, Long.parseLong(ends[1]) + 1);
      if (from >= stored.bytes().length && from > 0) {
        exchange.sendResponseHeaders(416, -1);
        return;
      }
      exchange.getResponseHeaders().set("Content-Range", "bytes %d-%d/%d".formatted(from, to - 1,
          stored.bytes().length));
    }
    exchange.getResponseHeaders().set("x-goog-generation", String.valueOf(stored.generation()));
    exchange.getResponseHeaders().set("x-goog-hash", "crc32c=" + crc32c(stored.bytes()));
    exchange.sendResponseHeaders(range == null ? 200 : 206, to == from ? -1 : to - from);
    exchange.getResponseBody().write(stored.bytes(), from, to - from);
  }

  private void upload(HttpExchange exchange, Map<String, String> query) throws IOException {
    var in = body(exchange);
    if (query.containsKey("upload_id")) {
      resume(exchange, query.get("upload_id"), in);
    } else if ("resumable".equals(query.get("uploadType"))) {
      var metadata = metadata(in.readAllBytes());
      String id = UUID.randomUUID().toString();
      sessions.put(id, new Session(query.getOrDefault("name", String.valueOf(metadata.get("name"))), metadata,
          query.getOrDefault("ifGenerationMatch", ""), new ByteArrayOutputStream()));
      exchange.getResponseHeaders().set("Location",
          "http://%s/upload/storage/v1/b/%s/o?uploadType=resumable&upload_id=%s"
              .formatted(exchange.getRequestHeaders().getFirst("Host"), bucket, id));
      exchange.sendResponseHeaders(200, -1);
    } else {
      var parts = related(in.readAllBytes(), exchange.getRequestHeaders().getFirst("Content-Type"));
      var metadata = metadata(parts.getFirst());
      publish(exchange, query.getOrDefault("name", String.valueOf(metadata.get("name"))), metadata,
          query.getOrDefault("ifGenerationMatch", ""), parts.getLast());
    }
  }

  private void resume(HttpExchange exchange, String id, InputStream in) throws IOException {
    var session = sessions.get(id);
    var range = RANGE.matcher(String.valueOf(exchange.getRequestHeaders().getFirst("Content-Range")));
    if (session == null || !range.matches()) {
      refuse(exchange, 404, "notFound");
      return;
    }
    // What was received before a connection broke counts, as with the real service.
    if (range.group(1) != null) {
      var bytes = session.bytes();
      int known = bytes.size() - Integer.parseInt(range.group(1));
      in.skipNBytes(Math.max(0, known));
      in.transferTo(bytes);
    }
    long size = session.bytes().size();
    if (range.group(3).equals(String.valueOf(size))) {
      publish(exchange, session.name(), session.metadata(), session.ifGeneration(), session.bytes().toByteArray());
      return;
    }
    if (size > 0) {
      exchange.getResponseHeaders().set("Range", "bytes=0-" + (size - 1));
    }
    exchange.sendResponseHeaders(308, -1);
  }

  private synchronized void publish(HttpExchange exchange, String name, Map<String, Object> metadata,
      String ifGeneration,
      byte[] bytes) throws IOException {
    if (ifGeneration.equals("0") && objects.containsKey(name)) {
      refuse(exchange, 412, "conditionNotMet");
      return;
    }
    var stored = new Stored(bytes, metadata, ++generations, Instant.now());
    objects.put(name, stored);
    answer(exchange, 200, described(name, stored));
  }

  private Map<String, Object> described(String name, Stored stored) {
    var about = new LinkedHashMap<String, Object>(Map.of("kind", "storage#object", "name", name, "bucket", bucket,
        "generation", String.valueOf(stored.generation()), "metageneration", "1", "size",
        String.valueOf(stored.bytes().length), "updated", stored.updated().toString(), "timeCreated",
        stored.updated().toString(), "crc32c", crc32c(stored.bytes())));
    if (stored.metadata().get("metadata") != null) {
      about.put("metadata", stored.metadata().get("metadata"));
    }
    return about;
  }

  private static String crc32c(byte[] bytes) {
    var checksum = new CRC32C();
    checksum.update(bytes);
    return Base64.getEncoder().encodeToString(ByteBuffer.allocate(4).putInt((int) checksum.getValue()).array());
  }

  private static InputStream body(HttpExchange exchange) throws IOException {
    var in = exchange.getRequestBody();
    return "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding")) ? new GZIPInputStream(in) : in;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> metadata(byte[] json) {
    return json.length == 0 ? Map.of() : JSON.readValue(json, Map.class);
  }

  /// The contents of the parts of a multipart/related body.
  private static List<byte[]> related(byte[] whole, String type) {
    String boundary = "--" + type.replaceFirst(".*boundary=\"?([^\";]+)\"?.*", "$1");
    // One byte is one char in this encoding, so that places in the text are places in the bytes.
    String text = new String(whole, StandardCharsets.ISO_8859_1);
    var parts = new ArrayList<byte[]>();
    for (int at = text.indexOf(boundary); at >= 0;) {
      int head = text.indexOf("\r\n\r\n", at);
      int end = head < 0 ? -1 : text.indexOf("\r\n" + boundary, head + 2);
      if (end >= 0) {
        parts.add(Arrays.copyOfRange(whole, head + 4, Math.max(head + 4, end)));
      }
      at = end < 0 ? -1 : end + 2;
    }
    return parts;
  }

  private static Map<String, String> query(String raw) {
    var query = new LinkedHashMap<String, String>();
    for (String part : raw == null ? new String[0] : raw.split("&")) {
      int equals = part.indexOf('=');
      query.put(part.substring(0, Math.max(0, equals)),
          URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
    }
    return query;
  }

  private static void refuse(HttpExchange exchange, int status, String reason) throws IOException {
    answer(exchange, status, Map.of("error", Map.of("code", status, "message", reason, "errors",
        List.of(Map.of("reason", reason, "message", reason, "domain", "global")))));
  }

  private static void answer(HttpExchange exchange, int status, Map<String, ?> body) throws IOException {
    exchange.getRequestBody().transferTo(java.io.OutputStream.nullOutputStream());
    var bytes = JSON.writeValueAsBytes(body);
    exchange.getResponseHeaders().set("Content-Type", "application/json; charset=UTF-8");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
