package portrait.doors.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// Asks the OData feed.
@Command(name = "odata", description = "Ask the OData feed: 'Customer?$filter=city eq ''Lyon''&$top=5'.", sortOptions = false)
final class ODataCommand implements Callable<Integer> {

  private static final String ROOT = "/odata/v4/";

  @Parameters(index = "0", paramLabel = "QUERY", description = "What stands behind /odata/v4/ in an address, as people write it; empty lists the sets.", defaultValue = "")
  private String query = "";
  @Mixin
  private final Target target = new Target();
  private final Context context;

  ODataCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    String address = address();
    return target.use(context, api -> {
      var answer = api.get(address);
      return target.show(context, answer, () -> context.out().println(answer.toPrettyString()));
    });
  }

  /// Escapes what an address may not have. What is escaped already stays.
  private String address() {
    int question = query.indexOf('?');
    String path = ROOT + (question < 0 ? query : query.substring(0, question));
    try {
      return new URI(null, null, path, question < 0 ? null : query.substring(question + 1), null).toASCIIString()
          .replaceAll("%25(?=[0-9A-Fa-f]{2})", "%");
    } catch (URISyntaxException unreadable) {
      throw new ProblemException(Problem.of(Problem.Code.INVALID_PARAMETER, "the query is no address",
          "Write it as in 'Customer?$top=5'."), unreadable);
    }
  }
}
