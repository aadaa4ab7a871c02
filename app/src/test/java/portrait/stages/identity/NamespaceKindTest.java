package portrait.stages.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import portrait.foundation.model.ProblemException;
import tools.jackson.databind.json.JsonMapper;

class NamespaceKindTest {

  private static Namespace parse(String name, String spec) {
    return IdentityGraph.KIND.parse(name, JsonMapper.builder().build().readTree(spec));
  }

  @Test
  void what_is_left_out_stays_as_it_is_built_in() {
    Namespace email = parse("email", """
        { "unique": true, "junk": ["Info@Example.com "] }""");
    assertEquals(60, email.priority());
    assertEquals(Namespace.Type.PERSON, email.type());
    assertEquals(1, email.limit());
    assertTrue(email.junk().contains("info@example.com"));
    assertTrue(email.junk().contains("undefined"));
  }

  @Test
  void the_key_of_a_source_table_is_named_in_the_specification() {
    Namespace contacts = parse("contacts", """
        { "namespace": "shop.contacts", "values_max": 3 }""");
    assertEquals("shop.contacts", contacts.name());
    assertEquals(80, contacts.priority());
    assertEquals(3, contacts.limit());
    assertFalse(contacts.junk().contains("0"));
  }

  @Test
  void a_device_cannot_be_unique() {
    var refused = assertThrows(ProblemException.class, () -> parse("device_id", """
        { "unique": true }"""));
    assertEquals("Namespace device_id: unique was 'true' but must be 'false' for type device",
        refused.problem().message());
  }

  @Test
  void the_look_up_namespace_customer_cannot_be_defined() {
    assertThrows(ProblemException.class, () -> parse("customer", "{}"));
  }
}
