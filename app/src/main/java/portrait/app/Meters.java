package portrait.app;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import portrait.processes.live.Live;

/// What `/metrics` says about the data, beside what it says about the server.
record Meters(Live live) implements MeterBinder {

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("portrait.quarantine.messages", () -> live.quarantineStock().kept().messages())
        .description("Refused messages that wait in the quarantine").register(registry);
    Gauge.builder("portrait.quarantine.size", () -> live.quarantineStock().kept().bytes()).baseUnit("bytes")
        .description("How much room they take").register(registry);
    FunctionCounter.builder("portrait.quarantine.left", live, from -> from.quarantineStock().full().messages())
        .tag("reason", "full").description("Messages that left the quarantine unseen").register(registry);
    FunctionCounter.builder("portrait.quarantine.left", live, from -> from.quarantineStock().old().messages())
        .tag("reason", "old").description("Messages that left the quarantine unseen").register(registry);
    FunctionCounter.builder("portrait.identities.left.out", live, Live::leftOut)
        .description("Facts that named an identity which was not linked, because the other has too many links")
        .register(registry);
  }
}
