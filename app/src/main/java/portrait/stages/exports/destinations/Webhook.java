package portrait.stages.exports.destinations;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.connections.Setting;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.outside.Outside;
import portrait.foundation.outside.Outside.Reply;
import portrait.foundation.outside.Reachable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Calls of a program of one's own, signed as the Standard Webhooks specification has it (standardwebhooks.com), so that
/// libraries of many languages check them. One batch follows the other, so changes of a customer arrive in their order.
public final class Webhook implements Destination<Webhook.Address, Webhook.Envelope>, Messenger<Webhook.Address> {

  private static final Form<Address> FORM = Form.of(Address.class);
  private static final Form<Envelope> ENVELOPE = Form.of(Envelope.class);

  private final Surroundings surroundings;

  public Webhook(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /// What a connection needs.
  public record Address(
      @Setting(title = "Address", help = "Where calls go: begins with https://. Addresses inside this network are called only where the operator allows them.", example = "https://example.com/hooks/portrait") String url,
      @Setting(title = "Signing secret", help = "By which the receiver knows that a call is ours: any text, or whsec_ and Base64.") Secret secret,
      @Setting(title = "Customers per call", help = "How many go in one call.", standard = "100", min = 1, max = 1000) int rowsPerCall) {}

  /// What an export needs.
  public record Envelope(
      @Setting(title = "Type of the message", help = "Told in each call, for receivers that take several.", standard = "customers.changed") String type) {}

  @Override
  public Connector<Address> connector() {
    return new Connector<>("webhook", "Webhook", "Signed calls of a program of yours, within seconds where wanted.",
        FORM);
  }

  @Override
  public Form<Envelope> target() {
    return ENVELOPE;
  }

  @Override
  public boolean readsSegments(Envelope target) {
    return true;
  }

  @Override
  public String verify(Address account) {
    var message = JsonMapper.shared().createObjectNode().put("type", "portrait.verify");
    message.putArray("customers");
    try (var calls = calls(account)) {
      return switch (calls.send(message)) {
        case Sent.Answered _ -> "%s answers".formatted(calls.address.getHost());
        case Sent.TryLater later -> throw Problem.of(Problem.Code.SERVER_UNREACHABLE, later.why(),
            "Check the address, and that this machine may call it.").asException();
      };
    } catch (InterruptedException asked) {
      Thread.currentThread().interrupt();
      throw new ProblemException(Problem.of(Problem.Code.CANCELLED, "stopped while calling"), asked);
    }
  }

  @Override
  public Sent tell(Address account, ObjectNode message) throws InterruptedException {
    try (var calls = calls(account)) {
      return calls.send(message);
    }
  }

  @Override
  public Session open(Address account, Envelope target, RunPlan run) {
    return new Calling(calls(account), account.rowsPerCall(), target, run);
  }

  private Calls calls(Address account) {
    return new Calls(checked(account.url()), key(account.secret()), surroundings);
  }

  /// A connection must not become a way into the network that Portrait stands in.
  ///
  /// @throws ProblemException `invalid_definition`
  URI checked(String url) {
    return new Reachable(surroundings.furtherHosts()).checked("settings.url", url);
  }

  private static byte[] key(Secret secret) {
    String text = secret.reveal();
    return text.startsWith("whsec_") ? Base64.getDecoder().decode(text.substring(6))
        : text.getBytes(StandardCharsets.UTF_8);
  }

  /// One address, called with signed messages.
  private static final class Calls implements AutoCloseable {

    private final Outside outside = new Outside();
    private final URI address;
    private final byte[] key;
    private final Surroundings surroundings;

    Calls(URI address, byte[] key, Surroundings surroundings) {
      this.address = address;
      this.key = key;
      this.surroundings = surroundings;
    }

    Sent send(ObjectNode message) throws InterruptedException {
      byte[] body = message.toString().getBytes(StandardCharsets.UTF_8);
      // The same batch has the same id, however often it is sent: receivers drop what they have.
      String id = "msg_" + UUID.nameUUIDFromBytes(body);
      long now = surroundings.clock().instant().getEpochSecond();
      var headers = new LinkedHashMap<String, String>();
      headers.put("Content-Type", "application/json");
      headers.put("webhook-id", id);
      headers.put("webhook-timestamp", String.valueOf(now));
      headers.put("webhook-signature", "v1," + signature(id, now, body));
      return switch (outside.post(address, headers, body)) {
        case Reply.Broken(String why, _) -> new Sent.TryLater(Optional.empty(), false, why);
        case Reply.Answer answer -> sent(answer, message.path("customers").size());
      };
    }

    private Sent sent(Reply.Answer answer, int rows) {
      if (answer.status() / 100 == 2) {
        return Sent.Answered.all(rows);
      }
      if (answer.status() == 429 || answer.status() >= 500) {
        return new Sent.TryLater(answer.retryAfter(), answer.status() == 429,
            "%s answered %d".formatted(address.getHost(), answer.status()));
      }
      throw Problem.of(Problem.Code.SERVER_UNREACHABLE, "%s answered %d".formatted(address.getHost(), answer.status()),
          answer.status() == 401 || answer.status() == 403
              ? "The receiver does not accept the signature: check that both have the same secret, and its clock."
              : "Check the address: it must take POST and answer 200.")
          .asException();
    }

    private String signature(String id, long now, byte[] body) {
      try {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        mac.update("%s.%d.".formatted(id, now).getBytes(StandardCharsets.UTF_8));
        return Base64.getEncoder().encodeToString(mac.doFinal(body));
      } catch (GeneralSecurityException impossible) {
        throw new IllegalStateException(impossible);
      }
    }

    @Override
    public void close() {
      outside.close();
    }
  }

  private static final class Calling implements Session {

    private final Calls calls;
    private final int rowsMax;
    private final Envelope target;
    private final RunPlan run;
    private long batch;

    Calling(Calls calls, int rowsMax, Envelope target, RunPlan run) {
      this.calls = calls;
      this.rowsMax = rowsMax;
      this.target = target;
      this.run = run;
    }

    @Override
    public int rowsMax() {
      return rowsMax;
    }

    @Override
    public boolean hearsOfLeaving() {
      return true;
    }

    @Override
    public Sent send(List<OutRow> rows) throws InterruptedException {
      var message = JsonMapper.shared().createObjectNode().put("type", target.type()).put("export", run.export())
          .put("run", run.run().toString()).put("batch", batch);
      var customers = message.putArray("customers");
      rows.forEach(row -> customers.add(Values.customer(row)));
      var sent = calls.send(message);
      if (sent instanceof Sent.Answered) {
        batch++;
      }
      return sent;
    }

    @Override
    public long calls() {
      return calls.outside.calls();
    }

    @Override
    public void close() {
      calls.close();
    }
  }
}
