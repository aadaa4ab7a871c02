package portrait.foundation.model;

import java.io.ByteArrayInputStream;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.io.InputDecorator;
import tools.jackson.core.io.IOContext;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Reads and writes YAML.
public final class Yaml {

  private Yaml() {}

  /// A mapper with nothing set yet.
  public static YAMLMapper.Builder builder() {
    return builder(StreamReadConstraints.defaults());
  }

  /// A mapper that refuses what is larger than some limits.
  public static YAMLMapper.Builder builder(StreamReadConstraints limits) {
    return YAMLMapper.builder(
        YAMLFactory.builder().streamReadConstraints(limits).inputDecorator(new InWholeCharacters()).build());
  }

  /// SnakeYAML Engine (3.0.1) reads beyond its buffer where a character that takes two places, such as 😀, lies across the
  /// end of it. So no piece of a text that it is given ends within one. Bytes pass as they are: read YAML from texts.
  private static final class InWholeCharacters extends InputDecorator {

    private static final long serialVersionUID = 1;

    @Override
    public InputStream decorate(IOContext context, InputStream bytes) {
      return bytes;
    }

    @Override
    public InputStream decorate(IOContext context, byte[] bytes, int offset, int length) {
      return new ByteArrayInputStream(bytes, offset, length);
    }

    @Override
    public Reader decorate(IOContext context, Reader text) {
      return new FilterReader(text) {

        private int held = -1;

        @Override
        public int read(char[] buffer, int offset, int length) throws IOException {
          int before = 0;
          if (held >= 0 && length > 0) {
            buffer[offset] = (char) held;
            held = -1;
            before = 1;
          }
          int more = before < length ? super.read(buffer, offset + before, length - before) : 0;
          int all = before + Math.max(more, 0);
          if (all > 1 && Character.isHighSurrogate(buffer[offset + all - 1])) {
            held = buffer[offset + all - 1];
            return all - 1;
          }
          return all == 0 && more < 0 ? -1 : all;
        }

        @Override
        public int read() throws IOException {
          int next = held;
          held = -1;
          return next >= 0 ? next : super.read();
        }
      };
    }
  }
}
