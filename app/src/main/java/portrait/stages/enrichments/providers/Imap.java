package portrait.stages.enrichments.providers;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.connections.Setting;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.outside.MailSecurity;
import portrait.stages.engagement.MailServer;

/// How much mail there is with each account, from a mailbox on any mail server. Each run reads what came since the last.
public final class Imap implements CountsEngagement<Imap.Account, Imap.Mailbox> {

  private static final Form<Account> FORM = Form.of(Account.class);
  private static final Form<Mailbox> MAILBOX = Form.of(Mailbox.class);

  private final EngagementCount count;

  public Imap(EngagementCount count) {
    this.count = count;
  }

  /// What a connection needs.
  public record Account(
      @Setting(title = "Mail server", help = "Its name.", example = "imap.example.com") String host,
      @Setting(title = "Port", help = "993 with TLS, 143 with STARTTLS.", standard = "993", min = 1, max = 65535) int port,
      @Setting(title = "Encryption", help = "TLS or STARTTLS; none only for a server on this machine.", standard = "tls") MailSecurity security,
      @Setting(title = "User", help = "Whose mailbox it is. A mailbox that gets a copy of everybody's mail will do for all.", example = "archive@shop.example") String user,
      @Setting(title = "Password", help = "Of that user. Another one makes the next run read the whole year again.") Secret password) {}

  /// What an enrichment needs.
  public record Mailbox(
      @Setting(title = "Folders", help = "Which folders of the mailbox are read, with commas between them; what was sent is mostly in one of its own.", standard = "INBOX, Sent") String folders,
      @Setting(title = "Addresses", help = "2 to 2,500 e-mail addresses of your organisation, with commas between them. Only mail with them is counted.", example = "ann@shop.example, sales@shop.example") String addresses,
      @Setting(title = "Contact table", help = "A loaded table with the contacts of accounts.", example = "crm.contacts") String contacts,
      @Setting(title = "E-mail column", help = "The column of that table with the address.", example = "email") String email,
      @Setting(title = "I agree", help = "Metadata of mail is counted by account, and those who answer for the mailbox know it.", example = "true") boolean agreed)
      implements
        EngagementCount.Target {

    private List<String> names() {
      return Arrays.stream(folders.split(",")).map(String::strip).filter(name -> !name.isEmpty()).distinct().toList();
    }
  }

  @Override
  public Connector<Account> connector() {
    return new Connector<>("imap", "Mailbox (IMAP)",
        "Counts mail with each account, from a mailbox on your mail server. Nobody's mail is read or kept.", FORM);
  }

  @Override
  public EngagementCount count() {
    return count;
  }

  @Override
  public boolean needsConnection() {
    return true;
  }

  @Override
  public Form<Mailbox> target() {
    return MAILBOX;
  }

  @Override
  public List<String> mistakes(Mailbox target, Definitions others) {
    var mistakes = count.mistakes(target, EngagementCount.ADDRESSES_MIN, others);
    if (target.names().isEmpty()) {
      mistakes.add("settings.folders was empty but must name folders, such as INBOX");
    }
    return mistakes;
  }

  @Override
  public String verify(Account account) {
    return "%s lets Portrait read the mailbox; %,d messages are in INBOX".formatted(account.host(),
        server(account, List.of("INBOX")).verify());
  }

  @Override
  public Asking open(Account account, Mailbox target, Set<String> inputs, String output) {
    count.engagement().count(output, target.typed(), count.contacts(target), server(account, target.names()),
        count.now());
    return new Counted(count, output);
  }

  private static MailServer server(Account account, List<String> folders) {
    if (account.security() == MailSecurity.NONE && !isHere(account.host())) {
      throw Problem.of(Problem.Code.INVALID_DEFINITION,
          "settings.security was none but must be tls or starttls: %s is not on this machine".formatted(account.host()))
          .asException();
    }
    return new MailServer(account.host(), account.port(), account.security(), account.user(), account.password(),
        folders);
  }

  private static boolean isHere(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException unknown) {
      throw new ProblemException(Problem.of(Problem.Code.SERVER_UNREACHABLE,
          "settings.host names a host that is not known", "Check the name."), unknown);
    }
  }
}
