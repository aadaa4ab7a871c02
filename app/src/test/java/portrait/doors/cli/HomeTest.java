package portrait.doors.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;

class HomeTest {

  @TempDir
  Path folder;

  @Test
  void aHomeHasOneOwnerAtATime() {
    var home = new Home(folder.resolve("new/home"));
    try (var _ = home.tryLock().orElseThrow()) {
      assertEquals(Optional.empty(), home.tryLock());
      assertEquals(String.valueOf(ProcessHandle.current().pid()), home.owner());
      assertEquals(Problem.Code.HOME_LOCKED, home.locked().code());
    }
    home.tryLock().orElseThrow().close();
  }

  @Test
  void theAddressAndKeyOfTheServerAreReadByItsOwnerOnly() throws IOException {
    var home = new Home(folder);
    var server = new Home.LocalServer(URI.create("http://localhost:8080"), Secret.of("local_x"));
    try (var _ = home.tryLock().orElseThrow()) {
      home.announce(server);

      assertEquals(Optional.of(server), home.server());
      assertEquals("rw-------",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("server.json"))));
    }
    assertEquals(Optional.empty(), home.server());
  }

  @Test
  void aFileIsNoHome() throws IOException {
    var file = Files.writeString(folder.resolve("file"), "");

    var failure = assertThrows(ProblemException.class, () -> new Home(file).tryLock());

    assertEquals(Problem.Code.INVALID_SETTING, failure.problem().code());
    assertTrue(failure.problem().message().contains(file.toString()));
  }
}
