package portrait.processes.privacy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.stages.suppression.Fingerprints;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What was erased, in the table `privacy_certificate`; and the list of those who must not come back, in a file beside
/// the stores, so that it outlives them.
record Certificates(Path home) {

  /// The file in the home.
  static final String LIST = "suppressed.json";

  void insert(Transaction tx, Certificate certificate) {
    tx.update("INSERT INTO privacy_certificate (id, at, certificate) VALUES (?, ?, ?)", certificate.id(),
        certificate.at(), Erasure.json(certificate));
  }

  List<Certificate> newest(Transaction tx, int limit) {
    return tx.query("SELECT certificate FROM privacy_certificate ORDER BY at DESC, id LIMIT ?",
        row -> JsonMapper.shared().readValue(row.text(1), Certificate.class), limit);
  }

  Optional<Certificate> find(Transaction tx, UUID id) {
    return tx.first("SELECT certificate FROM privacy_certificate WHERE id = ?",
        row -> JsonMapper.shared().readValue(row.text(1), Certificate.class), id);
  }

  /// Only for the owner of the home: who has the salt can try values.
  void writeList(Fingerprints list) {
    try {
      Files.createDirectories(home);
      var file = Files.createTempFile(home, "suppressed", ".part",
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, JsonMapper.shared().writeValueAsString(list));
      Files.move(file, home.resolve(LIST), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException failure) {
      throw new ProblemException(Problem.of(Problem.Code.STORE_FAILED,
          "%s cannot be written to the home: %s".formatted(LIST, failure.getMessage()),
          "Check that the folder can be written."), failure);
    }
  }

  static Fingerprints readList(Path file) {
    try {
      return JsonMapper.shared().readValue(Files.readString(file), Fingerprints.class);
    } catch (IOException | JacksonException failure) {
      throw new ProblemException(Problem.of(Problem.Code.INVALID_FILE,
          "%s is no list of suppressed identities that can be read".formatted(file),
          "It is %s of a home, or what `portrait privacy list` wrote.".formatted(LIST)), failure);
    }
  }
}
