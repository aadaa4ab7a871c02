package portrait.stages.enrichments.providers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import portrait.stages.enrichments.providers.Asking.Reply.TryLater;
import tools.jackson.databind.JsonNode;

/// An address that somebody typed, and whose mailboxes it leads to: one person's, or those of all who are in a group, in
/// groups within it, too.
final class GraphAddress implements GraphStep {

  private static final String FIELDS = "$select=id,mail,userPrincipalName,proxyAddresses";
  private static final Map<String, String> COUNTED = Map.of("ConsistencyLevel", "eventual");
  private static final String SMTP = "smtp:";

  private final GraphCalls calls;
  private final List<Mailbox> mailboxes = new ArrayList<>();
  private final List<Looking> next = new ArrayList<>();

  /// @param addresses all that lead to it, in lower case
  record Mailbox(String id, List<String> addresses) {

    Mailbox {
      addresses = List.copyOf(addresses);
    }
  }

  /// Where to look next.
  ///
  /// @param isGroup whether groups are found there
  private record Looking(String at, Map<String, String> headers, boolean isGroup) {}

  GraphAddress(GraphCalls calls, String address) {
    this.calls = calls;
    String quoted = GraphCalls.encoded("'%s'".formatted(address.replace("'", "''")));
    String alias = GraphCalls.encoded("'%s%s'".formatted(SMTP, address.replace("'", "''")));
    next.add(new Looking("/v1.0/users?$filter=mail%20eq%20" + quoted + "%20or%20userPrincipalName%20eq%20" + quoted
        + "%20or%20proxyAddresses/any(p:p%20eq%20" + alias + ")&" + FIELDS, Map.of(), false));
    next.add(new Looking("/v1.0/groups?$filter=mail%20eq%20" + quoted + "&$select=id,mail", Map.of(), true));
  }

  List<Mailbox> mailboxes() {
    return mailboxes;
  }

  @Override
  public boolean isDone() {
    return next.isEmpty();
  }

  @Override
  public Optional<TryLater> goOn() throws InterruptedException {
    var here = next.getFirst();
    return switch (calls.get(here.at(), here.headers())) {
      case GraphCalls.Page.Later(var why) -> Optional.of(why);
      case GraphCalls.Page.Closed() -> {
        next.removeFirst();
        yield Optional.empty();
      }
      case GraphCalls.Page.Read(var body) -> {
        next.removeFirst();
        take(here, body);
        yield Optional.empty();
      }
    };
  }

  private void take(Looking here, JsonNode body) {
    String more = body.path("@odata.nextLink").asString("");
    if (!more.isEmpty()) {
      next.addFirst(new Looking(more, here.headers(), here.isGroup()));
    }
    for (var found : body.path("value")) {
      String id = found.path("id").asString("");
      if (id.isEmpty()) {
        continue;
      }
      if (here.isGroup()) {
        next.add(new Looking("/v1.0/groups/%s/transitiveMembers/microsoft.graph.user?%s&$count=true&$top=999".formatted(
            GraphCalls.encoded(id), FIELDS), COUNTED, false));
      } else {
        mailbox(id, found).ifPresent(mailboxes::add);
      }
    }
    if (!here.isGroup() && !mailboxes.isEmpty()) {
      // Whoever is a person is no group.
      next.removeIf(Looking::isGroup);
    }
  }

  /// Who has no address has no mailbox.
  private static Optional<Mailbox> mailbox(String id, JsonNode found) {
    String mail = found.path("mail").asString("");
    if (mail.isEmpty()) {
      return Optional.empty();
    }
    var addresses = new ArrayList<>(List.of(mail.toLowerCase(Locale.ROOT)));
    var others = new TreeSet<String>();
    others.add(found.path("userPrincipalName").asString("").toLowerCase(Locale.ROOT));
    found.path("proxyAddresses").valueStream().map(each -> each.asString("").toLowerCase(Locale.ROOT))
        .filter(each -> each.startsWith(SMTP)).forEach(each -> others.add(each.substring(SMTP.length())));
    others.removeAll(addresses);
    others.remove("");
    addresses.addAll(others);
    return Optional.of(new Mailbox(id, addresses));
  }
}
