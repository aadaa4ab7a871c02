package portrait.stages.enrichments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import portrait.TestPortrait;
import portrait.foundation.database.TestDatabases;
import portrait.foundation.jobs.Progress;
import portrait.foundation.model.ProblemException;

/// Phone numbers as people type them, brought into one form.
class PhoneNumbersTest {

  private static final String ENRICHMENT = """
      kind: Enrichment
      name: phones
      spec:
        provider: phone
        settings: { country: FR }
        inputs: { phone: phone, country: country }
        attributes: { phone_e164: e164, phone_country: country, phone_type: type, phone_valid: valid }
        output: Phones
      """;

  @TempDir
  Path home;
  private TestPortrait portrait;

  @BeforeEach
  void open() {
    portrait = TestPortrait.durable(home, TestDatabases.Product.SQLITE.settings(home));
  }

  @AfterEach
  void close() {
    portrait.close();
  }

  private void person(String id, String phone, String country) {
    assertEquals(200, portrait.collect("/v1/identify", """
        {"userId": "%s", "traits": {"phone": "%s", "country": "%s"}}""".formatted(id, phone, country)).statusCode());
  }

  private String phone(String id) {
    var attributes = portrait.get("/api/v1/profiles/user_id/" + id).path("attributes");
    return "%s %s %s %s".formatted(attributes.path("phone_e164").asString("-"),
        attributes.path("phone_country").asString("-"), attributes.path("phone_type").asString("-"),
        attributes.path("phone_valid").asString("-"));
  }

  @Test
  void numbersOfManySpellingsAreInOneForm() throws InterruptedException {
    person("home", "06 12 34 56 78", "");
    person("abroad", "(030) 901-820", "Germany");
    person("code", "020 7946 0958", "gb");
    person("german", "0664 1234567", "Österreich");
    person("plus", "+49 (0)30 901820", "France");
    person("service", "+800 1234 5678", "");
    person("words", "ring twice", "FR");
    person("short", "12", "FR");
    portrait.apply(ENRICHMENT);
    portrait.parts().enrichments().run("phones", Progress.silent(), "test");

    assertEquals("+33612345678 FR mobile true", phone("home"));
    assertEquals("+4930901820 DE fixed_line true", phone("abroad"));
    assertEquals("+442079460958 GB fixed_line true", phone("code"));
    assertEquals("+436641234567 AT mobile true", phone("german"));
    assertEquals("+4930901820 DE fixed_line true", phone("plus"));
    assertEquals("+80012345678 - toll_free true", phone("service"));
    assertEquals("- - - false", phone("words"));
    assertEquals("- - - false", phone("short"));
  }

  @Test
  void aCountryThatIsNoneIsRefused() {
    var refused = assertThrows(ProblemException.class,
        () -> portrait.apply(ENRICHMENT.replace("country: FR", "country: Gaul"))).problem().toString();
    assertTrue(refused.contains("settings.country was 'Gaul' but must be a code of two letters"), refused);
  }
}
