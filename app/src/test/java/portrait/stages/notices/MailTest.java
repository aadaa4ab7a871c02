package portrait.stages.notices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import portrait.foundation.connections.Form;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.stages.exports.destinations.Mail;
import portrait.stages.exports.destinations.Sent;
import portrait.stages.exports.destinations.Surroundings;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Against a mail server.
class MailTest {

  private static final String PASSWORD = "only-for-this-server";

  private final GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", "smtp"));
  private final Mail mail = new Mail(new Surroundings(Path.of("unused"), List.of(), Clock.systemUTC()));

  @BeforeEach
  void start() {
    server.start();
    server.setUser("portrait@example.com", "portrait", PASSWORD);
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  private Mail.Account account(String settings) {
    var written = (ObjectNode) JsonMapper.shared().readTree("""
        {"host": "127.0.0.1", "port": %d, "security": "none", "from": "portrait@example.com",
         "to": "ops@example.com, ann@example.com"}""".formatted(server.getSmtp().getPort()));
    written.setAll((ObjectNode) JsonMapper.shared().readTree(settings));
    return Form.of(Mail.Account.class).read(written,
        name -> java.util.Optional.of(Secret.of(name.equals("right") ? PASSWORD : "wrong")));
  }

  private static ObjectNode message(String title) {
    return JsonMapper.shared().createObjectNode().put("type", "trigger.segment_size").put("id", "1-2").put("title",
        title).put("value", 7);
  }

  @Test
  void everybodyNamedGetsTheMessageOnceByItsId() throws Exception {
    String title = "Élodie’s VIPs\r\nBcc: x@example.com";

    assertEquals(Sent.Answered.all(1), mail.tell(account("{}"), message(title)));
    assertEquals(Sent.Answered.all(1),
        mail.tell(account("{\"user\": \"portrait\", \"password\": {\"secret\": \"right\"}}"),
            message(title)));

    var received = server.getReceivedMessages();
    assertEquals(4, received.length, "two addresses, twice");
    assertEquals("Portrait: Élodie’s VIPs Bcc: x@example.com (trigger.segment_size)", received[0].getSubject());
    assertEquals(2, received[0].getAllRecipients().length, "a title adds nobody");
    assertEquals("<1-2@portrait>", received[0].getMessageID());
    assertEquals(received[0].getMessageID(), received[3].getMessageID());
    assertTrue(received[0].getContent().toString().contains("value: 7"), received[0].getContent().toString());
  }

  @Test
  void verifyingSendsNothing() {
    assertEquals("127.0.0.1 lets Portrait send", mail.verify(account("{}")));
    assertEquals(0, server.getReceivedMessages().length);
  }

  @Test
  void whatIsWrongIsNamedWithoutThePassword() {
    var wrong = account("{\"user\": \"portrait\", \"password\": {\"secret\": \"wrong\"}}");
    for (var refused : List.of(problem(() -> mail.verify(wrong)), problem(() -> mail.tell(wrong, message("x"))))) {
      assertEquals("127.0.0.1 does not accept user and password", refused.problem().message());
      assertFalse(refused.getMessage().contains(PASSWORD));
    }
    assertTrue(problem(() -> mail.verify(account("{\"to\": \"nobody\\nhere\"}"))).problem().message()
        .contains("settings.to"));
  }

  @Test
  void aServerThatIsAwayIsTriedAgain() {
    var account = account("{}");
    server.stop();

    assertTrue(mail.tell(account, message("x")) instanceof Sent.TryLater later && !later.isThrottled());
    assertEquals(Problem.Code.SERVER_UNREACHABLE, problem(() -> mail.verify(account)).problem().code());
  }

  private static ProblemException problem(org.junit.jupiter.api.function.Executable work) {
    return assertThrows(ProblemException.class, work);
  }
}
