package portrait.processes.demo;

import java.text.Normalizer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The people of the shop: their rows in the CRM and the loyalty programme, with the mistakes such rows have.
final class People {

  private static final DateTimeFormatter BIRTH_DATE = DateTimeFormatter.ofPattern("dd/MM/yyyy", Locale.ROOT);
  private static final DateTimeFormatter MEMBER_SINCE = DateTimeFormatter.ofPattern("dd.MM.yyyy", Locale.ROOT);
  private static final List<Land> LANDS = List.of(Land.values());
  private static final List<String> CATEGORIES = Product.ALL.stream().map(product -> product.category).distinct()
      .toList();
  private static final double KNOWN = 0.6;
  private static final int FIRST_CONTACT = 10_001;
  private static final int FIRST_CARD = 5_001;
  private static final int FIRST_COMPANY = 201;
  private static final int COMPANIES = 6;
  private static final int ONE_BUYS_OF = 40;
  private static final int FIRST_GUEST = 1_000;

  private final Dice dice;
  private final Instant now;
  final List<String> contacts = new ArrayList<>();
  final List<String> cards = new ArrayList<>();
  final List<Visitor> visitors = new ArrayList<>();

  People(Dice dice, Instant now) {
    this.dice = dice;
    this.now = now;
  }

  void add(int count) {
    int known = (int) Math.round(count * KNOWN);
    for (int i = 0; i < known; i++) {
      addKnown(i);
    }
    for (int i = known; i < count; i++) {
      visitors.add(new Visitor(Optional.empty(), Optional.empty(), "", List.of(device(i)), dice.one(CATEGORIES)));
    }
  }

  private void addKnown(int number) {
    var land = dice.one(LANDS);
    String first = dice.one(land.firstNames);
    String last = dice.one(land.lastNames);
    String login = "%s.%s%d".formatted(ascii(first), ascii(last), number);
    String email = dice.chance(0.95) ? login + "@example." + dice.one(List.of("com", "net", "org")) : "";
    boolean hasAccount = dice.chance(0.55);
    String contact = "C-" + (FIRST_CONTACT + contacts.size());
    String phone = dice.chance(0.7) ? "%s 555 %04d".formatted(land.dialling, number % 10_000) : "";
    String city = dice.one(land.cities);
    addContact(contact, first, last, email, phone, city, land, hasAccount ? login : "");
    if (!email.isEmpty() && dice.chance(0.03)) {
      // The same person once more, typed in at the till.
      addContact("C-" + (FIRST_CONTACT + contacts.size()), mistyped(first), last,
          dice.chance(0.5) ? email.toUpperCase(Locale.ROOT) : email, "", city, land, "");
    }
    if (dice.chance(0.5)) {
      addCard(first, last, email);
    }
    if (hasAccount) {
      var devices = new ArrayList<String>();
      for (int i = dice.between(1, 2); i > 0; i--) {
        devices.add(device(number * 2 + i));
      }
      visitors.add(new Visitor(Optional.of(contact), Optional.of(login), email, devices, dice.one(CATEGORIES)));
    } else {
      visitors.add(new Visitor(Optional.of(contact), Optional.empty(), email, List.of(), dice.one(CATEGORIES)));
    }
  }

  private void addContact(String key, String first, String last, String email, String phone, String city, Land land,
      String login) {
    String birth = dice.chance(0.004) ? dice.one(List.of("31/02/1990", "unknown", "00/00/0000"))
        : dice.chance(0.8) ? BIRTH_DATE.format(LocalDate.of(1950, 1, 1).plusDays(dice.between(0, 56 * 365))) : "";
    contacts.add(String.join(",", key, first, last, dice.chance(0.02) ? " " + email : email, phone, city, land.name(),
        birth, login, ago(Duration.ofDays(dice.between(0, 500))), company()));
  }

  /// A few buy for one of the companies, which were written by hand.
  private String company() {
    int number = contacts.size();
    return number % ONE_BUYS_OF == 0 ? "K-" + (FIRST_COMPANY + number / ONE_BUYS_OF % COMPANIES) : "";
  }

  private void addCard(String first, String last, String email) {
    int points = dice.few(500);
    String tier = points > 1_500 ? "gold" : points > 500 ? "silver" : "bronze";
    String name = dice.chance(0.2) ? "%s %s".formatted(last.toUpperCase(Locale.ROOT), first)
        : "%s %s".formatted(first, last);
    String mail = dice.chance(0.03) ? mistyped(email) : dice.chance(0.1) ? email.toUpperCase(Locale.ROOT) : email;
    var since = LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(dice.between(30, 3_000));
    cards.add("L-%d;%s;%s;%s;%d;%d,%02d;%s".formatted(FIRST_CARD + cards.size(), name, mail, tier, points, points / 100,
        points % 100, MEMBER_SINCE.format(since)));
  }

  private String device(int number) {
    return dice.chance(0.5) ? "mobile_guest" + (FIRST_GUEST + number) : "web_" + dice.hex(5);
  }

  private String ago(Duration time) {
    return now.minus(time).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /// Two neighbouring letters change places.
  private String mistyped(String text) {
    if (text.length() < 3) {
      return text;
    }
    int at = dice.between(1, text.length() - 2);
    return text.substring(0, at) + text.charAt(at + 1) + text.charAt(at) + text.substring(at + 2);
  }

  private static String ascii(String name) {
    return Normalizer.normalize(name.replace("ø", "o").replace("Ø", "O"), Normalizer.Form.NFD)
        .replaceAll("[^A-Za-z]", "").toLowerCase(Locale.ROOT);
  }
}
