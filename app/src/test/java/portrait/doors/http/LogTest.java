package portrait.doors.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.read.ListAppender;
import ch.qos.logback.core.status.Status;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import portrait.TestPortrait;
import tools.jackson.databind.json.JsonMapper;

/// What the log says about requests.
class LogTest {

  @TempDir
  Path home;

  @Test
  void everyLineOfARequestHasItsIdAndNothingOfThePerson() {
    var logger = (Logger) LoggerFactory.getLogger(Gate.class);
    var lines = new ListAppender<ILoggingEvent>();
    lines.start();
    logger.addAppender(lines);
    var before = logger.getLevel();
    logger.setLevel(Level.DEBUG);
    try (var portrait = TestPortrait.in(home)) {
      portrait.exchange("GET", "/api/v1/profiles/email/ann%40example.com?fields=attributes", "",
          Map.of("X-Request-Id", "from-outside-7"));
      // The line is written after the answer went out.
      while (lines.list.stream().noneMatch(line -> "from-outside-7".equals(line.getMDCPropertyMap().get("request")))) {
        Thread.onSpinWait();
      }
    } finally {
      logger.setLevel(before);
      logger.detachAppender(lines);
    }
    var line = lines.list.stream().filter(each -> "from-outside-7".equals(each.getMDCPropertyMap().get("request")))
        .findFirst().orElseThrow();
    assertTrue(line.getFormattedMessage().matches(
        "GET /api/v1/profiles/\\{namespace}/<value> was answered 404 in [0-9]+ ms"), line.getFormattedMessage());
  }

  @Test
  void linesAreTextOrJson() throws JoranException {
    var text = line("text");
    assertTrue(text.endsWith(" WARN  p.doors.http.Gate [r-1] it is 7\n"), text);
    var json = JsonMapper.builder().build().readTree(line("json"));
    assertEquals("WARN", json.path("level").asString());
    assertEquals("it is 7", json.path("formattedMessage").asString());
    assertEquals("r-1", json.path("mdc").path("request").asString());
    assertTrue(json.path("timestamp").isNumber());
    assertTrue(json.path("arguments").isMissingNode());
  }

  /// A line as the configuration that ships writes it.
  private static String line(String format) throws JoranException {
    var context = new LoggerContext();
    context.putProperty("PORTRAIT_LOG_FORMAT", format);
    var configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(Objects.requireNonNull(LogTest.class.getResource("/logback.xml")));
    var appender = (ConsoleAppender<ILoggingEvent>) Objects.requireNonNull(
        context.getLogger("ROOT").getAppender("console"));
    // A warning about the configuration would show on the terminal of every command.
    assertEquals(List.of(), context.getStatusManager().getCopyOfStatusList().stream()
        .filter(status -> status.getLevel() >= Status.WARN).map(Status::getMessage).toList());
    var event = new LoggingEvent("", context.getLogger(Gate.class), Level.WARN, "it is {}", null, new Object[]{7});
    event.setMDCPropertyMap(Map.of("request", "r-1"));
    String line = new String(appender.getEncoder().encode(event), StandardCharsets.UTF_8);
    context.stop();
    return line;
  }
}
