package portrait.doors.http;

import static portrait.doors.http.Access.PUBLIC;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import portrait.foundation.model.Problem;

/// What the people who run the server ask: does it live, is it ready, how is it doing.
final class Operations implements Door {

  private final PrometheusMeterRegistry metrics;
  private final Supplier<List<Problem>> readiness;

  Operations(PrometheusMeterRegistry metrics, Supplier<List<Problem>> readiness) {
    this.metrics = metrics;
    this.readiness = readiness;
  }

  @Override
  public void routes(Routes routes) {
    routes.get("/health/live", PUBLIC, _ -> Answer.json(Map.of("status", "live")));
    routes.get("/health/ready", PUBLIC, this::ready);
    routes.get("/metrics", PUBLIC, _ -> Answer.text(metrics.scrape()).withHeader("Content-Type",
        "text/plain; version=0.0.4; charset=utf-8"));
  }

  private Answer ready(Request request) {
    var problems = readiness.get();
    return problems.isEmpty() ? Answer.json(Map.of("status", "ready"))
        : Answer.json(Map.of("status", "not ready", "problems", problems.stream().map(Problem::message).toList()))
            .withStatus(503);
  }
}
