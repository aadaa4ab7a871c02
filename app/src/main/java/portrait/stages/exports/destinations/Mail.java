package portrait.stages.exports.destinations;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.Optional;
import java.util.stream.Collectors;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.connections.Setting;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.outside.MailSecurity;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Messages by e-mail, through a mail server of one's own. Plain text; nothing about single customers is in it.
public final class Mail implements Messenger<Mail.Account> {

  private static final Form<Account> FORM = Form.of(Account.class);

  private final Surroundings surroundings;

  public Mail(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /// What a connection needs.
  public record Account(
      @Setting(title = "Mail server", help = "Its name.", example = "smtp.example.com") String host,
      @Setting(title = "Port", help = "587 with STARTTLS, 465 with TLS.", standard = "587", min = 1, max = 65535) int port,
      @Setting(title = "Encryption", help = "STARTTLS, TLS or none.", standard = "starttls") MailSecurity security,
      @Setting(title = "User", help = "Who signs in there; empty where nobody has to.") Optional<String> user,
      @Setting(title = "Password", help = "Of that user.") Optional<Secret> password,
      @Setting(title = "From", help = "The sender's address.", example = "portrait@example.com") String from,
      @Setting(title = "To", help = "Addresses, with commas between them.", example = "data-team@example.com") String to) {}

  @Override
  public Connector<Account> connector() {
    return new Connector<>("email", "E-mail", "Tells people what happened: a run that failed, a segment that grew.",
        FORM);
  }

  @Override
  public String verify(Account account) {
    addresses(account);
    try (var transport = session(account).getTransport("smtp")) {
      connect(transport, account);
      return "%s lets Portrait send".formatted(account.host());
    } catch (MessagingException failure) {
      throw refused(account, failure);
    }
  }

  @Override
  public Sent tell(Account account, ObjectNode message) {
    var session = session(account);
    try (var transport = session.getTransport("smtp")) {
      var mail = new MimeMessage(session);
      mail.setFrom(new InternetAddress(account.from()));
      mail.setRecipients(Message.RecipientType.TO, addresses(account));
      mail.setSubject(subject(message), StandardCharsets.UTF_8.name());
      mail.setText(text(message), StandardCharsets.UTF_8.name());
      mail.setSentDate(Date.from(surroundings.clock().instant()));
      mail.setHeader("Auto-Submitted", "auto-generated");
      mail.saveChanges();
      // The same message has the same id, however often it is sent: mail servers and readers show one.
      mail.setHeader("Message-ID", "<%s@portrait>".formatted(
          message.path("id").asString("").replaceAll("[^A-Za-z0-9.-]", "-")));
      connect(transport, account);
      transport.sendMessage(mail, mail.getAllRecipients());
      return Sent.Answered.all(1);
    } catch (AuthenticationFailedException | AddressException wrong) {
      throw refused(account, wrong);
    } catch (SendFailedException refused) {
      if (refused.getMessage() != null && refused.getMessage().matches("(?s).*\\b4[0-9]{2}\\b.*")) {
        return later(account, refused);
      }
      throw refused(account, refused);
    } catch (MessagingException failure) {
      return later(account, failure);
    }
  }

  private static Sent later(Account account, MessagingException failure) {
    return new Sent.TryLater(Optional.empty(), false,
        "%s did not take it (%s)".formatted(account.host(), failure.getClass().getSimpleName()));
  }

  private static void connect(jakarta.mail.Transport transport, Account account) throws MessagingException {
    transport.connect(account.host(), account.port(), account.user().orElse(null),
        account.password().map(Secret::reveal).orElse(null));
  }

  private static InternetAddress[] addresses(Account account) {
    try {
      var all = InternetAddress.parse(account.to(), true);
      if (all.length > 0) {
        return all;
      }
    } catch (AddressException _) {
      // Told below, without the address.
    }
    throw Problem.of(Problem.Code.INVALID_DEFINITION, "settings.to must have addresses, with commas between them")
        .asException();
  }

  private static Session session(Account account) {
    var properties = account.security().properties("smtp");
    properties.put("mail.smtp.auth", String.valueOf(account.user().isPresent()));
    return Session.getInstance(properties);
  }

  /// What servers say can quote addresses and user names; the kind of failure is enough.
  private static ProblemException refused(Account account, MessagingException failure) {
    if (failure instanceof AuthenticationFailedException) {
      return new ProblemException(Problem.of(Problem.Code.SERVER_UNREACHABLE,
          "%s does not accept user and password".formatted(account.host()),
          "Check both; many providers want a password made for programs."), failure);
    }
    return failure instanceof SendFailedException || failure instanceof AddressException
        ? new ProblemException(Problem.of(Problem.Code.SERVER_UNREACHABLE,
            "%s does not take mail from or to these addresses".formatted(account.host()),
            "Check settings.from and settings.to."), failure)
        : new ProblemException(Problem.of(Problem.Code.SERVER_UNREACHABLE,
            "%s:%d cannot be reached that way".formatted(account.host(), account.port()),
            "Check host, port and encryption."), failure);
  }

  private static String subject(JsonNode message) {
    return "Portrait: %s (%s)".formatted(message.path("title").asString(""), message.path("type").asString(""))
        .replaceAll("[\\r\\n]+", " ");
  }

  private static String text(JsonNode message) {
    return message.properties().stream()
        .map(member -> "%s: %s".formatted(member.getKey(),
            member.getValue().isString() ? member.getValue().asString() : member.getValue().toString()))
        .collect(Collectors.joining("\n", "", "\n"));
  }
}
