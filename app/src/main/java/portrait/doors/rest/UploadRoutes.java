package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import java.io.IOException;
import java.util.regex.Pattern;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.ResumableUploads;
import portrait.doors.http.ResumableUploads.Upload;
import portrait.doors.http.Routes;
import portrait.foundation.model.Problem;
import portrait.foundation.security.Permission;
import tools.jackson.databind.node.ObjectNode;

/// Large files in pieces, which may be cut and resumed; loading them into a table is a call of its own.
final class UploadRoutes implements Door {

  private static final String ALL = "/api/v1/uploads";
  private static final String ONE = ALL + "/{id}";
  private static final Pattern RANGE = Pattern.compile("bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\\*)");

  private final ResumableUploads uploads;

  UploadRoutes(ResumableUploads uploads) {
    this.uploads = uploads;
  }

  @Override
  public void routes(Routes routes) {
    var contribute = needs(Permission.CONTRIBUTE);
    routes.post(ALL, contribute, this::begin);
    routes.get(ONE, contribute, request -> Answer.json(shape(found(request))));
    routes.put(ONE, contribute, this::append);
    routes.delete(ONE, contribute, request -> {
      uploads.forget(found(request));
      return Answer.empty();
    });
  }

  private Answer begin(Request request) throws IOException {
    var body = Shapes.read(request.bodyText(Rest.BODY_BYTES_MAX));
    String file = body.path("file").asString("");
    if (file.isBlank() || !body.path("bytes").isIntegralNumber()) {
      throw Problem.of(Problem.Code.INVALID_BODY, "file and bytes are needed: its name and how large it is")
          .asException();
    }
    return Answer.json(shape(uploads.begin(file, body.path("bytes").asLong(), request.caller().name())))
        .withStatus(201);
  }

  private Answer append(Request request) throws IOException {
    return Answer.json(shape(
        uploads.append(request.pathPart("id"), request.caller().name(), offset(request), request.stream())));
  }

  /// Where the piece begins, as `Content-Range` says it.
  private static long offset(Request request) {
    String said = request.header("Content-Range").orElse("");
    var range = RANGE.matcher(said.strip());
    if (!range.matches()) {
      throw Problem.of(Problem.Code.INVALID_PARAMETER,
          "Content-Range was '%s' but must be like bytes 0-999/5000".formatted(said)).asException();
    }
    return Long.parseLong(range.group(1));
  }

  private Upload found(Request request) {
    return uploads.find(request.pathPart("id"), request.caller().name());
  }

  private static ObjectNode shape(Upload upload) {
    return Shapes.object().put("id", upload.id()).put("file", upload.file()).put("bytes", upload.bytes())
        .put("received", upload.received()).put("complete", upload.isComplete());
  }
}
