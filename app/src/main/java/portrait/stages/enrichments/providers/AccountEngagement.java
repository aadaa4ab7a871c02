package portrait.stages.enrichments.providers;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.connections.Setting;
import portrait.foundation.definitions.Definitions;
import portrait.stages.engagement.Engagement;

/// How much mail and how many meetings there are with each account, from mail and calendar files. Each run counts the
/// last year anew.
public final class AccountEngagement implements CountsEngagement<Provider.NoAccount, AccountEngagement.Where> {

  private static final Form<NoAccount> NONE = Form.of(NoAccount.class);
  private static final Form<Where> FORM = Form.of(Where.class);

  private final EngagementCount count;
  private final Path home;

  /// @param home what folders are relative to
  public AccountEngagement(EngagementCount count, Path home) {
    this.count = count;
    this.home = home.normalize();
  }

  /// What an enrichment needs.
  public record Where(
      @Setting(title = "Folder", help = "Where .eml, .mbox and .ics files are, within the home folder of the server; a link to a folder elsewhere will do.", example = "mail") String folder,
      @Setting(title = "Addresses", help = "2 to 2,500 e-mail addresses of your organisation, with commas between them. Only mail and meetings with them are counted.", example = "ann@shop.example, sales@shop.example") String addresses,
      @Setting(title = "Contact table", help = "A loaded table with the contacts of accounts.", example = "crm.contacts") String contacts,
      @Setting(title = "E-mail column", help = "The column of that table with the address.", example = "email") String email,
      @Setting(title = "I agree", help = "Metadata of mail and meetings is counted by account, and those who answer for the mailboxes know it.", example = "true") boolean agreed)
      implements
        EngagementCount.Target {}

  @Override
  public Connector<NoAccount> connector() {
    return new Connector<>("engagement", "Account engagement",
        "Counts mail and meetings with each account, from mail and calendar files. Nobody's mail is read or kept.",
        NONE);
  }

  @Override
  public EngagementCount count() {
    return count;
  }

  @Override
  public boolean needsConnection() {
    return false;
  }

  @Override
  public Form<Where> target() {
    return FORM;
  }

  @Override
  public List<String> mistakes(Where target, Definitions others) {
    var mistakes = count.mistakes(target, EngagementCount.ADDRESSES_MIN, others);
    if (!folder(target).startsWith(home)) {
      mistakes.add("settings.folder was '%s' but must be a folder within the home folder".formatted(target.folder()));
    }
    return mistakes;
  }

  /// Who may define enrichments may not read what else lies on the machine; the operator can link a folder into the home.
  private Path folder(Where target) {
    return home.resolve(target.folder()).normalize();
  }

  @Override
  public String verify(NoAccount account) {
    return "nothing leaves this installation";
  }

  @Override
  public Asking open(NoAccount account, Where target, Set<String> inputs, String output) {
    var now = count.now();
    count.engagement().count(output, target.typed(), count.contacts(target), Engagement.folder(folder(target), now),
        now);
    return new Counted(count, output);
  }
}
