package portrait.processes.demo;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What people did: visits to the site and the app as messages of the collection protocol, and orders, online and in
/// the shop.
final class Visits {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final List<String> CHANNELS = List.of("organic", "organic", "organic", "direct", "direct",
      "newsletter",
      "social");
  private static final Duration SINCE = Duration.ofDays(120);
  private static final int FIRST_ORDER = 10_001;

  private final Dice dice;
  private final Instant now;
  private final List<Message> messages = new ArrayList<>();
  final List<String> orders = new ArrayList<>();

  private record Message(Instant at, int number, ObjectNode json) {}

  Visits(Dice dice, Instant now) {
    this.dice = dice;
    this.now = now;
  }

  void add(List<Visitor> people, int events) {
    var online = people.stream().filter(visitor -> !visitor.devices().isEmpty()).toList();
    while (!online.isEmpty() && messages.size() < events) {
      // Squared, so that some come every week and many once.
      visit(online.get((int) (Math.pow(dice.fraction(), 2) * online.size())));
    }
    for (var visitor : people) {
      if (visitor.contact().isPresent()) {
        for (int i = dice.few(1.4); i > 0; i--) {
          order(visitor, dice.product(visitor.favourite()), now.minusSeconds(dice.between(3_600, 400 * 86_400)),
              "shop");
        }
      }
    }
  }

  /// The messages, oldest first, one JSON text each.
  List<String> lines() {
    return messages.stream().sorted(Comparator.comparing(Message::at).thenComparing(Message::number))
        .map(message -> JSON.writeValueAsString(message.json())).toList();
  }

  private void visit(Visitor visitor) {
    String device = dice.one(visitor.devices());
    boolean isApp = device.startsWith("mobile");
    var at = now.minus((long) (SINCE.toSeconds() * Math.pow(dice.fraction(), 1.6)) + 3_600, ChronoUnit.SECONDS);
    var visit = new Visit(device, at);
    visit.send(isApp ? "screen" : "page", message -> message.put("name", "Home").putObject("properties")
        .put("channel", dice.one(CHANNELS)).put("path", "/"));
    if (visitor.login().isPresent() && dice.chance(0.6)) {
      visit.login = visitor.login();
      visit.send("identify", message -> {
        var traits = message.putObject("traits");
        if (!visitor.email().isEmpty()) {
          traits.put("email", visitor.email());
        }
      });
    }
    var product = dice.product(visitor.favourite());
    for (int looks = 1 + dice.few(2.5); looks > 0; looks--) {
      product = dice.product(visitor.favourite());
      visit.track("Product Viewed", product);
    }
    if (!dice.chance(0.25)) {
      return;
    }
    if (product == Product.ALPINE_BOOT) {
      // It comes out next winter, and can only be ordered ahead.
      visit.track("Product Pre-ordered", product).put("channel", isApp ? "mobile" : "web");
      return;
    }
    visit.track("Product Added", product).put("quantity", 1);
    double total = product.price();
    visit.send("track",
        message -> message.put("event", "Checkout Started").putObject("properties").put("value", total));
    if (visitor.contact().isPresent() && visit.login.isPresent() && dice.chance(0.5)) {
      String order = order(visitor, product, visit.at, isApp ? "mobile" : "web");
      visit.send("track", message -> message.put("event", "Checkout Completed").putObject("properties")
          .put("order", order).put("total", total));
    }
  }

  private String order(Visitor visitor, Product product, Instant at, String channel) {
    String key = "O-" + (FIRST_ORDER + orders.size());
    boolean isReturn = dice.chance(0.04);
    int quantity = isReturn ? -1 : product.cents < 5_000 ? dice.between(1, 3) : 1;
    String total = dice.chance(0.003) ? "n/a" : String.format(Locale.ROOT, "%.2f", quantity * product.price());
    orders.add(String.join(",", key, visitor.contact().orElse(""), at.truncatedTo(ChronoUnit.SECONDS).toString(),
        product.title, product.category, String.valueOf(quantity), total, channel));
    return key;
  }

  /// One visit: messages a minute or so apart.
  private final class Visit {

    private final String device;
    private Instant at;
    private Optional<String> login = Optional.empty();

    Visit(String device, Instant at) {
      this.device = device;
      this.at = at;
    }

    ObjectNode track(String event, Product product) {
      return (ObjectNode) send("track",
          message -> message.put("event", event).putObject("properties").put("product", product.title)
              .put("category", product.category).put("price", product.price()))
          .get("properties");
    }

    ObjectNode send(String type, java.util.function.Consumer<ObjectNode> content) {
      at = at.plusSeconds(dice.between(5, 110));
      var message = JSON.createObjectNode();
      message.put("messageId", "demo-" + messages.size()).put("type", type).put("anonymousId", device);
      login.ifPresent(user -> message.put("userId", user));
      content.accept(message);
      message.put("timestamp", at.truncatedTo(ChronoUnit.MILLIS).toString());
      messages.add(new Message(at, messages.size(), message));
      return message;
    }
  }
}
