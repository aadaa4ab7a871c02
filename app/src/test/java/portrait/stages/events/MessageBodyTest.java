package portrait.stages.events;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import portrait.foundation.model.Identity;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

class MessageBodyTest {

  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  @Test
  void aBatchAsThePublicNodeLibrarySendsItBecomesEvents() {
    var body = MessageBody.batch(utf8("""
        {"batch": [
          {"type": "identify", "userId": "u1", "traits": {"email": "A@Example.com", "plan": "pro"},
           "timestamp": "2026-11-22T09:59:59.000Z", "messageId": "m1"},
          {"type": "track", "event": "Order Completed", "properties": {"revenue": 12.5}, "userId": "u1",
           "context": {"ip": "1.2.3.4"}, "messageId": "m2"},
          {"type": "page", "name": "Home", "category": "Docs", "anonymousId": "anon-1", "messageId": "m3"},
          {"type": "screen", "anonymousId": "anon-1", "messageId": "m4"},
          {"type": "group", "userId": "u1", "groupId": "g1", "traits": {"name": "Initech"}, "messageId": "m5"},
          {"type": "alias", "userId": "u1", "previousId": "anon-1", "messageId": "m6"}],
         "context": {"library": {"name": "analytics-node"}},
         "writeKey": "KEY", "sentAt": "2026-11-22T10:00:00Z"}"""));

    assertEquals(Optional.of("KEY"), body.writeKey());
    var events = body.collect(NOW, "live").stream().map(MessageBodyTest::event).toList();

    assertEquals(List.of("Identify", "Order Completed", "Home", "Screen Viewed", "Group", "Alias"),
        events.stream().map(Event::name).toList());
    assertEquals(List.of(new Identity("user_id", "u1"), new Identity("email", "a@example.com")),
        events.get(0).identities());
    assertEquals(Instant.parse("2026-11-22T09:59:59Z"), events.get(0).timestamp());
    assertEquals("{\"ip\":\"1.2.3.4\",\"library\":{\"name\":\"analytics-node\"}}", sorted(events.get(1)));
    assertEquals("Docs", events.get(2).properties().get("category").stringValue());
    assertEquals("g1", events.get(4).properties().get("groupId").stringValue());
    assertEquals(List.of(new Identity("user_id", "u1"), new Identity("anonymous_id", "anon-1")),
        events.get(5).identities());
  }

  private static String sorted(Event event) {
    var names = new TreeMap<String, Object>();
    event.context().forEachEntry(names::put);
    return EventJson.MAPPER.writeValueAsString(names);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      {"type": "track", "event": "E"}                                | userId and anonymousId are both missing but one must be there
      {"type": "track", "event": "E", "userId": " "}                 | userId and anonymousId are both missing but one must be there
      {"type": "track", "userId": "u"}                               | event is missing but a track message must name one
      {"type": "purchase", "userId": "u"}                            | type must be one of identify, track, page, screen, group, alias
      {"userId": "u"}                                                | type is missing but must be one of identify, track, page, screen, group, alias
      {"type": "track", "event": {"a": 1}, "userId": "u"}            | event must be a text or a number
      {"type": "track", "event": "E", "userId": ["u"]}               | userId must be a text or a number
      {"type": "track", "event": "E", "userId": "u", "properties": 7} | properties must be a JSON object
      {"type": "group", "userId": "u"}                               | groupId is missing but a group message must have one
      {"type": "alias", "userId": "u"}                               | previousId is missing but an alias message must have one
      {"type": "page", "userId": "u", "timestamp": "yesterday"}      | timestamp must be a date and time like 2026-01-31T09:30:00.000Z
      {"type": "page", "userId": "u", "timestamp": "2127-01-01"}     | timestamp lies more than a day in the future
      {"type": "page", "userId": "u", "timestamp": -9999999999999}   | timestamp lies before the year 1900
      {"type": "page", "userId": "u", "timestamp": "-999999999-01-01T00:00:00Z", "sentAt": "+999999999-12-31T23:59:59Z"} | timestamp and sentAt lie further apart than time itself
      {"type": "page", "userId": 1e999}                              | userId must be a text or a number
      42                                                             | the message is not a JSON object
      """)
  void aWrongMessageIsRefusedWithAReasonAndItsBytesWhileItsNeighboursAreTaken(String wrong, String reason) {
    var collected = MessageBody.batch(utf8("""
        {"batch": [{"type": "page", "userId": "u"}, %s , {"type": "page", "userId": "u"}]}""".formatted(wrong)))
        .collect(NOW, "live");

    assertInstanceOf(Collected.Accepted.class, collected.get(0));
    assertInstanceOf(Collected.Accepted.class, collected.get(2));
    var refused = assertInstanceOf(Collected.Refused.class, collected.get(1));
    assertEquals(reason, refused.reason().message());
    assertArrayEquals(utf8(wrong), refused.original().bytes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "7", "{\"batch\": 7}", "{\"other\": []}", "{\"batch\": [{]}"})
  void anUnreadableBatchIsOneProblem(String body) {
    var failure = assertThrows(ProblemException.class, () -> MessageBody.batch(utf8(body)));

    assertEquals(Problem.Code.INVALID_BODY, failure.problem().code());
  }

  @Test
  void aBodyTooDeepToReadIsAProblemAndNotAFailure() {
    byte[] deep = utf8("{\"properties\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}");

    assertEquals(Problem.Code.INVALID_BODY,
        assertThrows(ProblemException.class, () -> MessageBody.single(deep, EventType.TRACK)).problem().code());
  }

  @Test
  void aMessageBeyondTheLimitIsRefused() {
    var refused = assertInstanceOf(Collected.Refused.class, MessageBody.single(
        utf8("{\"event\": \"E\", \"userId\": \"u\", \"properties\": {\"long\": \"%s\"}}".formatted("x".repeat(40_000))),
        EventType.TRACK).collect(NOW, "live").getFirst());

    assertTrue(refused.reason().message().endsWith("bytes but must have at most 32,768"));
  }

  @Test
  void theTimeBetweenDoingAndSendingIsTrustedTheClientsClockIsNot() {
    // The client's clock is an hour behind; it sent ten minutes after the fact.
    var event = single("""
        {"event": "E", "userId": "u", "timestamp": "2026-11-22T08:50:00Z", "sentAt": "2026-11-22T09:00:00Z"}""");

    assertEquals(Instant.parse("2026-11-22T09:50:00Z"), event.timestamp());
  }

  @Test
  void aTimeWithoutSendingTimeIsTakenAsItIsButNeverLiesInTheFuture() {
    assertEquals(Instant.parse("2020-01-31T12:00:00Z"), single("""
        {"event": "E", "userId": "u", "timestamp": "2020-01-31T13:00:00+01:00"}""").timestamp());
    assertEquals(NOW, single("""
        {"event": "E", "userId": "u", "timestamp": "2026-11-22T10:00:05Z"}""").timestamp());
    assertEquals(NOW, single("{\"event\": \"E\", \"userId\": \"u\"}").timestamp());
  }

  @Test
  void idsThatAreNumbersBecomeTextAndBlanksAroundThemGo() {
    assertEquals(List.of(new Identity("user_id", "42"), new Identity("anonymous_id", "a")), single("""
        {"event": "E", "userId": 42, "anonymousId": "  a "}""").identities());
  }

  @Test
  void whatNoStoreCanKeepIsTakenOut() {
    var event = single(
        """
        {"event": "E", "userId": "u\\u0000x", "properties": {"a\\u0000": "b\\u0000c\\ud800d", "big": 1e999, "ok": "\\ud83d\\ude00"}}""");

    assertEquals("ux", event.identities().getFirst().value());
    assertEquals("bc\uFFFDd", event.properties().get("a").stringValue());
    assertTrue(event.properties().get("big").isNull());
    assertEquals("😀", event.properties().get("ok").stringValue());
    assertFalse(Collected.Accepted.of(event).properties().contains("u0000"));
  }

  @Test
  void aBatchInAnotherEncodingOfJsonIsRead() {
    var collected = MessageBody.batch("{\"batch\": [{\"type\": \"page\", \"userId\": \"é\"}, {\"type\": \"dance\"}]}"
        .getBytes(StandardCharsets.UTF_16LE)).collect(NOW, "live");

    assertEquals("é", event(collected.getFirst()).identities().getFirst().value());
    var refused = assertInstanceOf(Collected.Refused.class, collected.getLast());
    assertArrayEquals(utf8("{\"type\":\"dance\"}"), refused.original().bytes());
  }

  @Test
  void theLimitOfOneMessageCanBeSet() {
    var body = MessageBody.batch(utf8("{\"batch\": [{\"type\": \"page\", \"userId\": \"u\"}]}"));

    assertInstanceOf(Collected.Accepted.class, body.collect(NOW, "live", new MessageLimits(31, 100)).getFirst());
    assertInstanceOf(Collected.Refused.class, body.collect(NOW, "live", new MessageLimits(30, 100)).getFirst());
  }

  @Test
  void aRefusedMessageTakesAlongWhatItsBatchSaid() {
    var refused = assertInstanceOf(Collected.Refused.class, MessageBody.batch(utf8("""
        {"batch": [{"type": "track", "userId": "u", "timestamp": "2026-11-22T07:00:00Z"}], "writeKey": "KEY",
         "sentAt": "2026-11-22T08:00:00Z", "context": {"ip": "1.2.3.4"}}""")).collect(NOW, "live").getFirst());

    assertEquals("{\"context\":{\"ip\":\"1.2.3.4\"},\"sentAt\":\"2026-11-22T08:00:00Z\"}",
        refused.original().envelope());
    var again = event(new QuarantinedEvent(7, NOW, "live", "", "", refused.original(), 1).again(Optional.of(utf8("""
        {"type": "track", "event": "E", "userId": "u", "timestamp": "2026-11-22T07:00:00Z"}"""))));
    assertEquals(NOW.minusSeconds(3600), again.timestamp());
    assertEquals("1.2.3.4", again.context().get("ip").stringValue());
    assertEquals("quarantine-7", again.id());
  }

  @Test
  void aMessageWithoutAnIdGetsOne() {
    assertFalse(single("{\"event\": \"E\", \"userId\": \"u\"}").id().isBlank());
  }

  private static Event single(String message) {
    return event(MessageBody.single(utf8(message), EventType.TRACK).collect(NOW, "live").getFirst());
  }

  private static Event event(Collected collected) {
    return assertInstanceOf(Collected.Accepted.class, collected, collected::toString).event();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
