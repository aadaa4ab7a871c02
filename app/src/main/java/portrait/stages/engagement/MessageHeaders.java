package portrait.stages.engagement;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.InternetHeaders;
import jakarta.mail.internet.MailDateFormat;
import java.io.InputStream;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The headers of a message that say who wrote to whom and when. No other is looked at.
final class MessageHeaders {

  private static final Pattern ID = Pattern.compile("<[^<>\\s]+>");

  private MessageHeaders() {}

  /// The names of those that are looked at.
  static final List<String> NAMES = List.of("Message-ID", "Date", "From", "To", "Cc", "References", "In-Reply-To");

  /// What a message says under a name; several lines of that name with a delimiter between them, null for none.
  interface Source {
    @Nullable
    String header(String name, String delimiter) throws MessagingException;
  }

  static @Nullable Encounter encounter(InputStream headers) {
    try {
      return encounter(new InternetHeaders(headers)::getHeader);
    } catch (MessagingException _) {
      return null;
    }
  }

  /// @return null without a sender, an id or a date that can be understood
  /// @throws MessagingException when the message cannot be read
  static @Nullable Encounter encounter(Source headers) throws MessagingException {
    String id = first(headers, "Message-ID");
    String date = headers.header("Date", " ");
    // The first one named is the message that began the conversation; all answers to it name it (RFC 5322, 3.6.4).
    String root = first(headers, "References");
    String answered = root == null ? first(headers, "In-Reply-To") : root;
    try {
      var from = addresses(headers, "From");
      if (id == null || date == null || from.isEmpty()) {
        return null;
      }
      var to = new ArrayList<>(addresses(headers, "To"));
      to.addAll(addresses(headers, "Cc"));
      return new Encounter(Encounter.Kind.MAIL, id, answered == null ? id : answered,
          new MailDateFormat().parse(date).toInstant(), 0, from.getFirst(), to);
    } catch (AddressException | ParseException _) {
      return null;
    }
  }

  private static @Nullable String first(Source headers, String name) throws MessagingException {
    String written = headers.header(name, " ");
    if (written == null) {
      return null;
    }
    var found = ID.matcher(written);
    return found.find() ? found.group() : null;
  }

  private static List<String> addresses(Source headers, String name) throws MessagingException {
    String written = headers.header(name, ",");
    if (written == null || written.isBlank()) {
      return List.of();
    }
    return Arrays.stream(InternetAddress.parseHeader(written, false)).filter(each -> !each.isGroup())
        .map(InternetAddress::getAddress).filter(address -> address != null && address.contains("@")).toList();
  }
}
