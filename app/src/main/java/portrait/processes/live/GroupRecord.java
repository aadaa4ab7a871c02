package portrait.processes.live;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.stages.events.Collected;
import portrait.stages.events.Event;
import portrait.stages.events.EventType;
import portrait.stages.events.Original;

/// A group of messages as bytes from which it can be applied again. Read only by the start after a crash, by the same
/// version or a newer one: the first byte says which form it has.
///
/// @param now when the group was applied
record GroupRecord(Instant now, List<Collected> messages) {

  private static final byte FORM = 1;
  private static final byte ACCEPTED = 1;
  private static final byte REFUSED = 2;
  private static final int BYTES_PER_MESSAGE = 1024;

  /// @param outcomes of the messages. Of those that were refused the original bytes are needed as well, which the others
  ///        can do without
  byte[] bytes(List<Waiting.Outcome> outcomes) {
    var bytes = new ByteArrayOutputStream(BYTES_PER_MESSAGE * messages.size());
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(FORM);
      write(out, now);
      out.writeInt(messages.size());
      for (int i = 0; i < messages.size(); i++) {
        switch (messages.get(i)) {
          case Collected.Accepted accepted -> write(out, accepted, outcomes.get(i) instanceof Waiting.Outcome.Objected);
          case Collected.Refused refused -> write(out, refused);
        }
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  static GroupRecord of(byte[] bytes) {
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      byte form = in.readByte();
      if (form != FORM) {
        throw Problem.of(Problem.Code.STORE_FAILED, "the journal has form %d but this Portrait reads form %d"
            .formatted(form, FORM), "Start the version that wrote it once.").asException();
      }
      Instant now = instant(in);
      int count = in.readInt();
      var messages = new ArrayList<Collected>(count);
      for (int i = 0; i < count; i++) {
        messages.add(in.readByte() == ACCEPTED ? accepted(in) : refused(in));
      }
      return new GroupRecord(now, messages);
    } catch (IOException torn) {
      throw new UncheckedIOException("a record of the journal has a right checksum but cannot be read", torn);
    }
  }

  private static void write(DataOutputStream out, Collected.Accepted accepted, boolean withOriginal)
      throws IOException {
    var event = accepted.event();
    out.writeByte(ACCEPTED);
    write(out, event.id());
    out.writeByte(event.type().ordinal());
    write(out, event.name());
    write(out, event.timestamp());
    write(out, event.receivedAt());
    write(out, event.source());
    out.writeInt(event.identities().size());
    for (var identity : event.identities()) {
      write(out, identity.namespace());
      write(out, identity.value());
    }
    write(out, accepted.properties());
    write(out, accepted.context());
    out.writeBoolean(withOriginal);
    if (withOriginal) {
      write(out, accepted.original());
    }
  }

  private static Collected accepted(DataInputStream in) throws IOException {
    String id = text(in);
    var type = EventType.values()[in.readByte()];
    String name = text(in);
    Instant timestamp = instant(in);
    Instant receivedAt = instant(in);
    String source = text(in);
    int count = in.readInt();
    var identities = new ArrayList<Identity>(count);
    for (int i = 0; i < count; i++) {
      identities.add(new Identity(text(in), text(in)));
    }
    var event = Event.stored(id, type, name, timestamp, receivedAt, source, identities, text(in), text(in));
    return in.readBoolean() ? Collected.Accepted.of(event, original(in)) : Collected.Accepted.of(event);
  }

  private static void write(DataOutputStream out, Collected.Refused refused) throws IOException {
    out.writeByte(REFUSED);
    write(out, refused.reason().code().text());
    write(out, refused.reason().message());
    write(out, refused.original());
    write(out, refused.receivedAt());
    write(out, refused.source());
  }

  private static Collected refused(DataInputStream in) throws IOException {
    var code = Problem.Code.of(text(in));
    var reason = Problem.of(code, text(in));
    return new Collected.Refused(reason, original(in), instant(in), text(in));
  }

  private static void write(DataOutputStream out, Original original) throws IOException {
    out.writeInt(original.bytes().length);
    out.write(original.bytes());
    out.writeByte(original.type().map(EventType::ordinal).orElse(-1));
    write(out, original.envelope());
  }

  private static Original original(DataInputStream in) throws IOException {
    byte[] bytes = in.readNBytes(in.readInt());
    int type = in.readByte();
    return new Original(bytes, type < 0 ? Optional.empty() : Optional.of(EventType.values()[type]), text(in));
  }

  private static void write(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }

  private static void write(DataOutputStream out, Instant moment) throws IOException {
    out.writeLong(moment.getEpochSecond());
    out.writeInt(moment.getNano());
  }

  private static Instant instant(DataInputStream in) throws IOException {
    return Instant.ofEpochSecond(in.readLong(), in.readInt());
  }
}
