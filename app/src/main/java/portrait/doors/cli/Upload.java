package portrait.doors.cli;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.LongConsumer;

/// Files on their way to the server as one form, read while they are sent.
///
/// @param boundary between the parts; a random one cannot be in the files
record Upload(List<Path> files, String boundary) {

  private static final int BUFFER_BYTES = 1 << 16;

  static Upload of(List<Path> files) {
    return new Upload(files, "portrait-" + UUID.randomUUID());
  }

  String contentType() {
    return "multipart/form-data; boundary=" + boundary;
  }

  long bytes() {
    return files.stream().mapToLong(file -> {
      try {
        return Files.size(file);
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }).sum();
  }

  /// @param sent hears how many bytes of the files have gone
  BodyPublisher body(LongConsumer sent) {
    return BodyPublishers.ofInputStream(() -> {
      var parts = new ArrayList<InputStream>();
      for (var file : files) {
        String name = file.getFileName().toString().replace("\"", "%22");
        parts.add(text("--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n"
            .formatted(boundary, name) + "Content-Type: application/octet-stream\r\n\r\n"));
        parts.add(content(file));
        parts.add(text("\r\n"));
      }
      parts.add(text("--%s--\r\n".formatted(boundary)));
      return new Counting(new SequenceInputStream(Collections.enumeration(parts)), sent);
    });
  }

  private static InputStream text(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static InputStream content(Path file) {
    try {
      return Files.newInputStream(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static final class Counting extends FilterInputStream {

    private final LongConsumer sent;
    private long count;

    Counting(InputStream in, LongConsumer sent) {
      super(in);
      this.sent = sent;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, Math.min(length, BUFFER_BYTES));
      if (read > 0) {
        count += read;
        sent.accept(count);
      }
      return read;
    }
  }
}
