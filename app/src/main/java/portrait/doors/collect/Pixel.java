package portrait.doors.collect;

import java.util.Base64;
import portrait.doors.http.Answer;
import portrait.doors.http.Request;
import portrait.foundation.model.Problem;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A picture of one pixel whose address is a message: for mails, and pages without script.
///
/// The message stands in the query, either whole in `data` as JSON in base64, or field by field, where a dot leads into
/// an object: `properties.campaign=spring`.
final class Pixel {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final byte[] GIF = Base64.getDecoder()
      .decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

  private Pixel() {}

  static Answer picture() {
    return Answer.bytes("image/gif", GIF);
  }

  static byte[] message(Request request) {
    var data = request.query("data");
    if (data.isPresent()) {
      return decoded(data.get());
    }
    var message = JSON.createObjectNode();
    request.queries().forEach((name, value) -> put(message, name, value));
    return JSON.writeValueAsBytes(message);
  }

  private static byte[] decoded(String data) {
    try {
      // Base64 in its variant for addresses, and in the other one, whose plus arrives as a blank.
      return Base64.getUrlDecoder().decode(data.replace('+', '-').replace(' ', '-').replace('/', '_'));
    } catch (IllegalArgumentException _) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER, "data must be JSON in base64").asException();
    }
  }

  private static void put(ObjectNode message, String name, String value) {
    int dot = name.indexOf('.');
    if (dot < 0) {
      message.put(name, value);
    } else {
      // Two levels suffice: properties.x, context.y, traits.z.
      var inner = message.get(name.substring(0, dot)) instanceof ObjectNode known ? known
          : message.putObject(name.substring(0, dot));
      inner.put(name.substring(dot + 1), value);
    }
  }
}
