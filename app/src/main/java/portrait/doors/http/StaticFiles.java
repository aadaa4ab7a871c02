package portrait.doors.http;

import static portrait.doors.http.Access.PUBLIC;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;
import portrait.foundation.model.Problem;

/// Style sheets, scripts and pictures out of the class path, under addresses that contain a hash of the content: a
/// browser keeps each for ever, and asks again only when it changed.
public final class StaticFiles implements Door {

  private static final String FOLDER = "/static/";
  private static final int HASH_CHARACTERS = 12;
  private static final Map<String, String> TYPES = Map.of("css", "text/css; charset=utf-8", "js",
      "text/javascript; charset=utf-8", "svg", "image/svg+xml");

  private final Map<String, String> urls = new HashMap<>();
  private final Map<String, File> files = new HashMap<>();
  private final Map<String, byte[]> packed = new ConcurrentHashMap<>();

  /// @param resources where each file lies in the class path, by the name that pages use for it
  public StaticFiles(Map<String, String> resources) {
    resources.forEach((name, resource) -> {
      byte[] content = read(resource);
      int dot = name.lastIndexOf('.');
      String ending = name.substring(dot + 1);
      String path = "%s.%s.%s".formatted(name.substring(0, dot), hash(content), ending);
      files.put(path, new File(Optional.ofNullable(TYPES.get(ending)).orElseThrow(
          () -> new IllegalArgumentException("no content type is known for files that end in " + ending)), content));
      urls.put(name, FOLDER + path);
    });
  }

  /// The address of a file, for use in a page.
  public String url(String name) {
    return Optional.ofNullable(urls.get(name))
        .orElseThrow(() -> new IllegalArgumentException("there is no static file " + name));
  }

  @Override
  public void routes(Routes routes) {
    routes.get(FOLDER + "{file}", PUBLIC, this::file);
  }

  private Answer file(Request request) {
    String path = request.pathPart("file");
    var file = Optional.ofNullable(files.get(path)).orElseThrow(
        () -> Problem.of(Problem.Code.NOT_FOUND, "there is no such file", "Load the page again.").asException());
    boolean takesGzip = request.header("Accept-Encoding").filter(accepted -> accepted.contains("gzip")).isPresent();
    var answer = takesGzip
        ? Answer.bytes(file.type(), packed.computeIfAbsent(path, _ -> pack(file.content()))).withHeader(
            "Content-Encoding", "gzip")
        : Answer.bytes(file.type(), file.content());
    return answer.withHeader("Cache-Control", "public, max-age=31536000, immutable").withHeader("Vary",
        "Accept-Encoding");
  }

  private static byte[] read(String resource) {
    try (var stream = StaticFiles.class.getClassLoader().getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException(resource + " is not in the class path");
      }
      return stream.readAllBytes();
    } catch (IOException unreadable) {
      throw new UncheckedIOException("cannot read " + resource, unreadable);
    }
  }

  private static String hash(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content)).substring(0,
          HASH_CHARACTERS);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }

  private static byte[] pack(byte[] content) {
    var packed = new ByteArrayOutputStream(content.length / 3);
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(content);
    } catch (IOException impossible) {
      throw new UncheckedIOException("packing in memory", impossible);
    }
    return packed.toByteArray();
  }

  private record File(String type, byte[] content) {}
}
