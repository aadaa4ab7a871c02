package portrait.stages.engagement;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.FetchProfile;
import jakarta.mail.Folder;
import jakarta.mail.FolderNotFoundException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.UIDFolder;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.search.ComparisonTerm;
import jakarta.mail.search.ReceivedDateTerm;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import portrait.foundation.outside.MailSecurity;

/// A mailbox on a server that speaks IMAP (RFC 9051). Of a message only the headers are asked for that say who wrote to
/// whom and when; nothing is marked as read. How far each folder was read is kept, so that next time only what came since
/// is asked for.
///
/// @param folders by name
public record MailServer(String host, int port, MailSecurity security, String user, Secret password,
    List<String> folders) {

  /** Messages of one question: some 300 KB of headers. */
  private static final int SLICE = 500;

  public MailServer {
    folders = List.copyOf(folders);
  }

  /// Connects, and opens each folder.
  ///
  /// @return how many messages there are in all of them
  /// @throws ProblemException `server_unreachable` that names the likely cause; `cancelled` when the thread is interrupted
  public long verify() {
    try (var store = connect()) {
      long messages = 0;
      for (String name : folders) {
        try (var folder = open(store, name)) {
          messages += folder.getMessageCount();
        }
      }
      return messages;
    } catch (MessagingException failure) {
      throw broken(failure);
    }
  }

  /// What the ledger calls the folders.
  public List<String> places() {
    return folders.stream().map(this::place).toList();
  }

  private String place(String folder) {
    return "imap %s %s:%d %s".formatted(user, host, port, folder);
  }

  /// Adds to a ledger what came since it was filled last; at first what came since a moment. What was added stays when
  /// this is cut off.
  ///
  /// @throws ProblemException `server_unreachable`; `cancelled` when the thread is interrupted
  public Correspondence.Reading read(Ledger ledger, Instant from) {
    try (var store = connect()) {
      long unread = 0;
      for (String name : folders) {
        try (var folder = open(store, name)) {
          unread += read(ledger, place(name), folder, from);
        }
      }
      return new Correspondence.Reading(folders.size(), 0, unread);
    } catch (MessagingException failure) {
      throw broken(failure);
    }
  }

  private static long read(Ledger ledger, String place, Folder folder, Instant from) throws MessagingException {
    var uids = (UIDFolder) folder;
    long validity = uids.getUIDValidity();
    var mark = ledger.reached(place).flatMap(Mark::of).filter(known -> known.validity() == validity);
    var messages = mark.isPresent() ? uids.getMessagesByUID(mark.get().last() + 1, UIDFolder.LASTUID)
        : folder.search(new ReceivedDateTerm(ComparisonTerm.GE, Date.from(from)));
    long unread = 0;
    for (int start = 0; start < messages.length; start += SLICE) {
      if (Thread.currentThread().isInterrupted()) {
        throw Problem.of(Problem.Code.CANCELLED, "the count was cancelled").asException();
      }
      var slice = Arrays.copyOfRange(messages, start, Math.min(messages.length, start + SLICE));
      var headers = new FetchProfile();
      headers.add(UIDFolder.FetchProfileItem.UID);
      MessageHeaders.NAMES.forEach(headers::add);
      folder.fetch(slice, headers);
      unread += add(ledger, place, uids, slice, mark.map(Mark::last).orElse(0L));
      // Headers that were fetched stay with their messages, which the array holds until the end.
      Arrays.fill(messages, start, start + slice.length, null);
    }
    return unread;
  }

  private static long add(Ledger ledger, String place, UIDFolder folder, Message[] slice, long known)
      throws MessagingException {
    var encounters = new ArrayList<Encounter>();
    long unread = 0;
    long last = known;
    for (var message : slice) {
      long uid = folder.getUID(message);
      // Asked for what comes after the last one, servers answer with the last one (RFC 9051, 6.4.8).
      if (uid <= known || message.isExpunged()) {
        continue;
      }
      last = Math.max(last, uid);
      var encounter = MessageHeaders.encounter(((MimeMessage) message)::getHeader);
      if (encounter == null) {
        unread++;
      } else {
        encounters.add(encounter);
      }
    }
    if (last > known) {
      ledger.add(place, encounters, new Mark(folder.getUIDValidity(), last).toString());
    }
    return unread;
  }

  /// How far a folder was read. Its numbers mean the same as long as its validity is the same.
  private record Mark(long validity, long last) {

    static Optional<Mark> of(String written) {
      var parts = written.split(" ", 2);
      return parts.length == 2 ? Optional.of(new Mark(Long.parseLong(parts[0]), Long.parseLong(parts[1])))
          : Optional.empty();
    }

    @Override
    public String toString() {
      return validity + " " + last;
    }
  }

  private Store connect() throws MessagingException {
    var store = Session.getInstance(security.properties("imap")).getStore("imap");
    try {
      store.connect(host, port, user, password.reveal());
      return store;
    } catch (MessagingException failure) {
      store.close();
      throw failure;
    }
  }

  private Folder open(Store store, String name) throws MessagingException {
    var folder = store.getFolder(name);
    try {
      folder.open(Folder.READ_ONLY);
      return folder;
    } catch (FolderNotFoundException missing) {
      throw new ProblemException(Problem.of(Problem.Code.SERVER_UNREACHABLE,
          "there is no folder '%s' in the mailbox of %s".formatted(name, host),
          "There are: %s.".formatted(String.join(", ",
              Arrays.stream(store.getDefaultFolder().list("*")).map(Folder::getFullName).sorted().limit(30).toList()))),
          missing);
    }
  }

  /// What servers say can quote user names; the kind of failure is enough.
  private ProblemException broken(MessagingException failure) {
    // An interrupt closes the socket of a virtual thread, which looks as if the server had gone away.
    if (Thread.currentThread().isInterrupted()) {
      return new ProblemException(Problem.of(Problem.Code.CANCELLED, "stopped while asking the mail server"), failure);
    }
    return failure instanceof AuthenticationFailedException
        ? new ProblemException(Problem.of(Problem.Code.SERVER_UNREACHABLE,
            "%s does not accept user and password".formatted(host),
            "Check both; many providers want a password made for programs."), failure)
        : new ProblemException(Problem.of(Problem.Code.SERVER_UNREACHABLE,
            "%s:%d cannot be reached that way, or broke off".formatted(host, port),
            "Check host, port and encryption. What was read stays; the next run goes on from there."), failure);
  }
}
