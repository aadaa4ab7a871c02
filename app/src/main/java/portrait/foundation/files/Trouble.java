package portrait.foundation.files;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// The likely cause of a failure, whichever store it came from, and what to do about it.
enum Trouble {
  NO_BUCKET, WRONG_REGION, WRONG_KEY, EXPIRED, CLOCK, NOT_PERMITTED, HOST_KEY, EXISTS, ABSENT, FULL, REFUSED_CONNECTION, UNKNOWN_HOST, CERTIFICATE, TIMEOUT, CUT, BUSY, FAILED, OTHER;

  private static final Duration CLOCKS_APART = Duration.ofMinutes(5);

  private record Words(Problem.Code code, String sentence, String hint) {}

  private Words words() {
    return switch (this) {
      case NO_BUCKET -> refused("there is no such bucket, container or folder",
          "Check its name, and that it lies in this account and region.");
      case WRONG_REGION -> refused("the bucket lies in another region", "Set the region that the bucket's page shows.");
      case WRONG_KEY -> refused("the key, password or signature is not accepted",
          "Enter it again; it may have been replaced, or belong to another account.");
      case EXPIRED -> refused("the credentials have expired", "Create new ones and enter them.");
      case CLOCK -> refused("the clocks of this machine and of the storage differ too much",
          "Set the clock of this machine, best with NTP.");
      case NOT_PERMITTED -> refused("the credentials are known but may not do this",
          "Grant the permissions that the page of this storage in the documentation lists.");
      case HOST_KEY -> refused("the server shows another host key than the one entered",
          "Ask who runs the server for its fingerprint: somebody may be listening in.");
      case EXISTS -> new Words(Problem.Code.CONFLICT, "there is a file of that name already",
          "Choose another name, or delete that file.");
      case ABSENT -> new Words(Problem.Code.NOT_FOUND, "there is no such file",
          "It may have been deleted since it was listed.");
      case FULL -> refused("there is no space left", "Make room or raise the quota, then try again.");
      case REFUSED_CONNECTION -> unreachable("nobody answers at that address",
          "Check host and port, and that a firewall lets it through.");
      case UNKNOWN_HOST -> unreachable("the host is not known",
          "Check its name, and that this machine can look names up.");
      case CERTIFICATE -> unreachable("no secure connection comes about",
          "Check that the address is https on the right port and that its certificate is trusted.");
      case TIMEOUT -> unreachable("it did not answer in time", "Try again later.");
      case CUT -> unreachable("the connection broke off", "Try again later; nothing half written can be seen.");
      case BUSY -> unreachable("it asks to slow down", "Try again later.");
      case FAILED -> unreachable("it reports an error of its own", "Try again later.");
      case OTHER -> refused("it refused, for a reason that is not known here",
          "The error code in brackets is the storage's own; its documentation explains it.");
    };
  }

  private static Words refused(String sentence, String hint) {
    return new Words(Problem.Code.STORAGE_REFUSED, sentence, hint);
  }

  private static Words unreachable(String sentence, String hint) {
    return new Words(Problem.Code.STORAGE_UNREACHABLE, sentence, hint);
  }

  /// What a storage answered, as the problem that a caller gets to see. Its answer stays out of it, for it may repeat
  /// what was signed, and with what.
  ///
  /// @param where the place's address
  /// @param doing what was being done: `writing a/b.csv`
  /// @param said the storage's own error code; may be empty
  ProblemException answered(String where, String doing, String said) {
    return problem(where, doing, said).asException();
  }

  /// What happened on the way to a storage, as the problem that a caller gets to see.
  ProblemException happened(String where, String doing, Throwable failure) {
    return new ProblemException(problem(where, doing, ""), failure);
  }

  private Problem problem(String where, String doing, String said) {
    var words = words();
    return Problem.of(words.code(), "%s at %s failed: %s%s".formatted(doing, where, words.sentence(),
        said.isEmpty() ? "" : " (" + said + ")"), words.hint()).with("cause", name().toLowerCase(Locale.ROOT));
  }

  /// What a failure of the network, or of this machine's disk, comes from, wherever in the chain of causes it stands.
  static Optional<Trouble> ofNetwork(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      var found = switch (each) {
        case UnknownHostException _,UnresolvedAddressException _ -> Optional.of(UNKNOWN_HOST);
        case ConnectException _ -> Optional.of(REFUSED_CONNECTION);
        case SSLException _ -> Optional.of(CERTIFICATE);
        case HttpTimeoutException _,SocketTimeoutException _,TimeoutException _ -> Optional.of(TIMEOUT);
        case InterruptedIOException _ -> Optional.<Trouble>empty();
        case SocketException _,EOFException _ -> Optional.of(CUT);
        case IOException io when isFull(io) -> Optional.of(FULL);
        default -> Optional.<Trouble>empty();
      };
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /// What an HTTP status says when the error code in the body says nothing known.
  static Trouble ofStatus(int status) {
    return switch (status) {
      case 401 -> WRONG_KEY;
      case 403 -> NOT_PERMITTED;
      case 404 -> ABSENT;
      case 412 -> EXISTS;
      case 429, 503 -> BUSY;
      case 507 -> FULL;
      default -> status >= 500 ? FAILED : OTHER;
    };
  }

  /// Whether a storage's clock, by the `Date` of its answer, is so far from ours that it must refuse what we sign.
  static boolean isSkewed(@Nullable String date) {
    if (date == null) {
      return false;
    }
    try {
      var theirs = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Duration.between(theirs, Instant.now()).abs().compareTo(CLOCKS_APART) > 0;
    } catch (DateTimeParseException _) {
      return false;
    }
  }

  /// Java has no type of its own for a full disk; the system's words are all there is.
  private static boolean isFull(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    return message.contains("No space left") || message.contains("quota exceeded")
        || message.contains("not enough space");
  }
}
