package portrait.doors.http;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What each request took, for whoever collects traces (OpenTelemetry). Sent in the background: where the collector is
/// away, spans are dropped and no request waits. Spans name routes, never what was asked for or who asked.
public final class Traces implements AutoCloseable {

  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
  private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
  private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
  private static final AttributeKey<String> REQUEST = AttributeKey.stringKey("portrait.request_id");
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int SERVER_FAILED = 500;

  private final Tracer tracer;
  private final Optional<SdkTracerProvider> provider;

  private Traces(Tracer tracer, Optional<SdkTracerProvider> provider) {
    this.tracer = tracer;
    this.provider = provider;
  }

  /// Nobody collects any.
  static Traces none() {
    return new Traces(OpenTelemetry.noop().getTracer("portrait"), Optional.empty());
  }

  /// @param collector takes OTLP over HTTP, as OpenTelemetry collectors do on port 4318
  public static Traces to(URI collector) {
    var exporter = OtlpHttpSpanExporter.builder()
        .setEndpoint(collector.toString().replaceFirst("/+$", "") + "/v1/traces").setTimeout(PATIENCE).build();
    var provider = SdkTracerProvider.builder().addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
        .setResource(Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), "portrait")))
        .build();
    return new Traces(provider.get("portrait"), Optional.of(provider));
  }

  /// Begins the span of a request, within the caller's trace where the caller names one (`traceparent`).
  Span begin(String method, String route, Request request) {
    if (provider.isEmpty()) {
      return Span.getInvalid();
    }
    var caller = W3CTraceContextPropagator.getInstance().extract(Context.root(), request, Headers.OF_REQUEST);
    return tracer.spanBuilder(method + " " + route).setParent(caller).setSpanKind(SpanKind.SERVER)
        .setAttribute(METHOD, method).setAttribute(ROUTE, route).setAttribute(REQUEST, request.id()).startSpan();
  }

  /// @param status of the answer
  static void end(Span span, int status) {
    span.setAttribute(STATUS, (long) status);
    if (status >= SERVER_FAILED) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
  }

  /// Sends what waits, and gives up soon where nobody takes it.
  @Override
  public void close() {
    provider.ifPresent(SdkTracerProvider::close);
  }

  private enum Headers implements TextMapGetter<Request> {
    OF_REQUEST;

    @Override
    public Iterable<String> keys(Request request) {
      return List.of("traceparent", "tracestate");
    }

    @Override
    public @Nullable String get(@Nullable Request request, String name) {
      return request == null ? null : request.header(name).orElse(null);
    }
  }
}
