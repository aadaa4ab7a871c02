package portrait.stages.enrichments;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;

/// The example that is shipped, from files to the segment.
class StaleAccountsTest {

  @TempDir
  Path home;

  @Test
  void contactsOfAccountsThatNobodySpokeToAreInTheSegment() throws IOException {
    Files.writeString(home.resolve("companies.csv"), "id,name\nc1,Acme\nc2,Globex\nc3,Initech\nc4,Stark\n");
    Files.writeString(home.resolve("contacts.csv"), """
        id,email,company
        lately,marie@acme.example,c1
        long-ago,gil@globex.example,c2
        never,zoe@initech.example,c3
        met,tony@stark.example,c4
        nobody's,max@home.example,
        """);
    try (var portrait = TestPortrait.in(home)) {
      mail(portrait, "marie@acme.example", 10);
      mail(portrait, "gil@globex.example", 61);
      mail(portrait, "tony@stark.example", 200);
      var met = portrait.now().minus(Duration.ofDays(60)).atOffset(ZoneOffset.UTC);
      Files.writeString(home.resolve("mail/met.ics"), """
          BEGIN:VCALENDAR
          BEGIN:VEVENT
          UID:met
          DTSTART:%s
          DURATION:PT1H
          ORGANIZER:mailto:bob@shop.example
          ATTENDEE:mailto:tony@stark.example
          END:VEVENT
          END:VCALENDAR
          """.formatted(DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").format(met)));
      portrait.apply(Files.readString(Path.of("../examples/stale-accounts/stale-accounts.yaml")));
      portrait.refresh();
      assertEquals("[long-ago, never]", members(portrait));

      portrait.pass(Duration.ofDays(1));
      portrait.refresh();
      assertEquals("[long-ago, met, never]", members(portrait), "days pass");
    }
  }

  private static String members(TestPortrait portrait) {
    var members = new TreeSet<String>();
    for (String contact : List.of("lately", "long-ago", "never", "met", "nobody's")) {
      portrait.get("/api/v1/profiles/crm.contacts/" + contact.replace("'", "%27") + "/segments").path("segments")
          .forEach(_ -> members.add(contact));
    }
    return members.toString();
  }

  private void mail(TestPortrait portrait, String to, int daysAgo) throws IOException {
    Files.writeString(Files.createDirectories(home.resolve("mail")).resolve(to + ".eml"), """
        Message-ID: <%s>
        Date: %s
        From: ann@shop.example
        To: %s

        """.formatted(to, DateTimeFormatter.RFC_1123_DATE_TIME.format(
        portrait.now().minus(Duration.ofDays(daysAgo)).atOffset(ZoneOffset.UTC)), to));
  }
}
