package portrait.processes.privacy;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import portrait.foundation.security.AuditEntry;
import portrait.processes.refresh.Stages;
import portrait.stages.events.Event;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Everything about one person as a ZIP file: `readme.html` for the person, JSON files for programs.
public final class Bundle {

  private static final int ROWS_MAX = 100_000;
  private static final int CHANGES_MAX = 1_000;
  private static final ObjectWriter JSON = JsonMapper.shared().writerWithDefaultPrettyPrinter();

  private final Stages stages;
  private final Person person;
  private final Traces traces;
  private final List<AuditEntry> audited;
  private final Instant now;
  private final Map<String, String> files = new LinkedHashMap<>();
  private final StringBuilder page = new StringBuilder();

  Bundle(Stages stages, Person person, Traces traces, List<AuditEntry> audited, Instant now) {
    this.stages = stages;
    this.person = person;
    this.traces = traces;
    this.audited = audited;
    this.now = now;
  }

  /// Writes the ZIP file, once: pages for people, JSON for programs.
  public void write(OutputStream out) {
    try (var zip = new ZipOutputStream(new FilterOutputStream(out) {
      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        out.write(bytes, from, length);
      }
    })) {
      put(zip, "profile.json", "Who we think this is", profiles());
      put(zip, "identities.json", "Names and numbers we know this person by", identities());
      put(zip, "events.json", "What this person did", events());
      put(zip, "segments.json", "Groups this person is or was in", segments());
      for (var table : traces.tables()) {
        var rows = rows(stages.sources().find(table, traces, ROWS_MAX));
        if (!rows.isEmpty()) {
          put(zip, "rows-%s.json".formatted(table.fullName()), "Records of %s".formatted(table.title()), rows);
        }
      }
      put(zip, "refused.json", "Messages that could not be understood", refused());
      put(zip, "audit.json", "What people of ours did with this record", audit());
      zip.putNextEntry(new ZipEntry("readme.html"));
      zip.write(readme().getBytes(StandardCharsets.UTF_8));
      zip.closeEntry();
    } catch (IOException failure) {
      throw new UncheckedIOException("writing the bundle", failure);
    }
  }

  private void put(ZipOutputStream zip, String name, String what, ArrayNode content) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(JSON.writeValueAsBytes(content));
    zip.closeEntry();
    files.put(name, "%s (%,d)".formatted(what, content.size()));
    if (!content.isEmpty()) {
      page.append("<h2>").append(escaped(what)).append("</h2>\n").append(table(content)).append('\n');
    }
  }

  private ArrayNode profiles() {
    var all = JsonMapper.shared().createArrayNode();
    stages.database().read(tx -> {
      for (var customer : person.customers()) {
        var shape = all.addObject().put("customerId", customer.id().toString());
        stages.profiles().profile(tx, customer).ifPresent(profile -> {
          shape.put("firstSeen", profile.firstSeen().toString()).put("lastSeen", profile.lastSeen().toString());
          shape.set("attributes", JsonMapper.shared().valueToTree(profile.attributes()));
          shape.set("measures", JsonMapper.shared().valueToTree(stages.measures().of(tx, customer)));
        });
        var previous = shape.putArray("previousCustomerIds");
        stages.identities().previousIds(tx, customer).forEach(id -> previous.add(id.toString()));
      }
      return true;
    });
    return all;
  }

  private ArrayNode identities() {
    var all = JsonMapper.shared().createArrayNode();
    stages.database().read(tx -> {
      traces.keyRing(tx).forEach(known -> all.addObject().put("namespace", known.identity().namespace())
          .put("value", known.identity().value()).put("firstSeen", known.firstSeen().toString())
          .put("lastSeen", known.lastSeen().toString()));
      return true;
    });
    return all;
  }

  private ArrayNode events() {
    var all = JsonMapper.shared().createArrayNode();
    stages.database().read(tx -> {
      traces.forEachEvent(tx, event -> all.add(event(event)));
      return true;
    });
    return all;
  }

  private static ObjectNode event(Event event) {
    var shape = JsonMapper.shared().createObjectNode().put("id", event.id()).put("name", event.name())
        .put("at", event.timestamp().toString()).put("receivedAt", event.receivedAt().toString())
        .put("source", event.source());
    shape.set("properties", event.properties());
    return shape.set("context", event.context());
  }

  private ArrayNode segments() {
    var all = JsonMapper.shared().createArrayNode();
    stages.database().read(tx -> {
      for (var customer : person.customers()) {
        stages.segments().of(tx, customer).forEach(in -> all.addObject().put("segment", in.name())
            .put("what", "is a member").put("at", in.since().toString()));
        stages.segments().history(tx, customer, CHANGES_MAX).forEach(change -> all.addObject()
            .put("segment", change.segment()).put("what", change.entered() ? "came in" : "left")
            .put("at", change.at().toString()));
      }
      return true;
    });
    return all;
  }

  private static ArrayNode rows(portrait.stages.sources.Preview preview) {
    var all = JsonMapper.shared().createArrayNode();
    for (var row : preview.rows()) {
      var values = new LinkedHashMap<String, @Nullable Object>();
      for (int column = 0; column < row.size(); column++) {
        values.put(preview.columns().get(column), row.get(column) == null ? null : String.valueOf(row.get(column)));
      }
      all.add(JsonMapper.shared().<ObjectNode>valueToTree(values));
    }
    return all;
  }

  private ArrayNode refused() {
    var all = JsonMapper.shared().createArrayNode();
    stages.database().read(tx -> {
      traces.quarantined(tx).forEach(message -> all.addObject().put("receivedAt", message.receivedAt().toString())
          .put("source", message.source()).put("original", Traces.text(message)));
      return true;
    });
    return all;
  }

  private ArrayNode audit() {
    var all = JsonMapper.shared().createArrayNode();
    audited.forEach(entry -> all.addObject().put("at", entry.at().toString()).put("action", entry.action()));
    return all;
  }

  private String readme() {
    var list = new StringBuilder();
    files.forEach((name, what) -> list.append("<li><a href=\"%s\">%s</a>: %s</li>\n".formatted(escaped(name),
        escaped(name), escaped(what))));
    return """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>What we know about you</title>
        <style>
        body { font: 15px/1.5 system-ui, sans-serif; color: #1d2433; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
        table { border-collapse: collapse; width: 100%% } td, th { text-align: left; vertical-align: top; padding: .3rem .6rem;
          border-bottom: 1px solid #dde1ea; overflow-wrap: anywhere } th { white-space: nowrap }
        </style></head><body>
        <h1>What we know about you</h1>
        <p>As of %s. Every table below is also a file of this folder, in full and for programs.</p>
        <ul>
        %s</ul>
        %s</body></html>
        """.formatted(now, list, page);
  }

  private static String table(ArrayNode rows) {
    var columns = new ArrayList<String>();
    rows.forEach(row -> row.propertyNames().forEach(name -> {
      if (!columns.contains(name)) {
        columns.add(name);
      }
    }));
    var text = new StringBuilder("<table><thead><tr>");
    columns.forEach(column -> text.append("<th>").append(escaped(column)).append("</th>"));
    text.append("</tr></thead><tbody>\n");
    rows.forEach(row -> {
      text.append("<tr>");
      columns.forEach(column -> {
        var value = row.path(column);
        text.append("<td>").append(escaped(value.isContainer() ? value.toString() : value.asString("")))
            .append("</td>");
      });
      text.append("</tr>\n");
    });
    return text.append("</tbody></table>").toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
  }
}
