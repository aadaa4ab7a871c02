package portrait.stages.engagement;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.InternetHeaders;
import jakarta.mail.internet.MailDateFormat;
import java.io.InputStream;
import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The headers of a message that say who wrote to whom and when. No other is looked at.
final class MessageHeaders {

  private static final Pattern ID = Pattern.compile("<[^<>\\s]+>");

  private MessageHeaders() {}

  /// @return null without a sender, an id or a date that can be understood
  static @Nullable Encounter encounter(InputStream headers) {
    try {
      var all = new InternetHeaders(headers);
      String id = first(all, "Message-ID");
      String date = all.getHeader("Date", null);
      var from = addresses(all, "From");
      if (id == null || date == null || from.isEmpty()) {
        return null;
      }
      // The first one named is the message that began the conversation; all answers to it name it (RFC 5322, 3.6.4).
      String root = first(all, "References");
      String answered = root == null ? first(all, "In-Reply-To") : root;
      var to = new ArrayList<>(addresses(all, "To"));
      to.addAll(addresses(all, "Cc"));
      return new Encounter(Encounter.Kind.MAIL, id, answered == null ? id : answered, date(date), 0, from.getFirst(),
          to);
    } catch (MessagingException | ParseException _) {
      return null;
    }
  }

  private static Instant date(String written) throws ParseException {
    return new MailDateFormat().parse(written).toInstant();
  }

  private static @Nullable String first(InternetHeaders all, String name) {
    String written = all.getHeader(name, " ");
    if (written == null) {
      return null;
    }
    var found = ID.matcher(written);
    return found.find() ? found.group() : null;
  }

  private static List<String> addresses(InternetHeaders all, String name) throws AddressException {
    String written = all.getHeader(name, ",");
    if (written == null || written.isBlank()) {
      return List.of();
    }
    return Arrays.stream(InternetAddress.parseHeader(written, false)).filter(each -> !each.isGroup())
        .map(InternetAddress::getAddress).filter(address -> address != null && address.contains("@")).toList();
  }
}
