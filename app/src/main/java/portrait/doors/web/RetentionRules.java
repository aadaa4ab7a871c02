package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;
import portrait.processes.retention.Retention;
import portrait.processes.retention.RetentionRule;

/// What is kept no longer: counted first, then deleted.
final class RetentionRules implements Door {

  private final Renderer renderer;
  private final Retention retention;
  private final Security security;

  RetentionRules(Renderer renderer, Retention retention, Security security) {
    this.renderer = renderer;
    this.retention = retention;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    routes.get("/retention", needs(Permission.VIEW), request -> page(request,
        request.query("count").map(_ -> retention.dryRun())));
    routes.post("/retention", needs(Permission.ADMINISTER), this::run);
  }

  private Answer run(Request request) {
    try {
      var id = retention.run(request.caller().name());
      security.audit("retention started", id.toString(), "");
      return Renderer.done("/jobs/" + id, renderer.text(request).of("retention.started"));
    } catch (ProblemException refused) {
      return Renderer.failed("/retention", refused.problem());
    }
  }

  private Answer page(Request request, Optional<List<Retention.Finding>> findings) {
    var text = renderer.text(request);
    var rules = retention.rules().stream().map(rule -> {
      var usedBy = retention.usedBy(rule);
      return new RetentionPage.Rule(rule.name(), rule.title(), says(rule, text), usedBy,
          !usedBy.isEmpty() && !rule.evenIfUsed());
    }).toList();
    var lastRun = retention.lastRun()
        .map(job -> new RetentionPage.Run(job.id().toString(), job.status().text(), job.startedAt()));
    return renderer.page(request, "retention", text.of("nav.retention"), "retention",
        new RetentionPage(rules, findings, lastRun));
  }

  private static List<String> says(RetentionRule rule, Messages text) {
    var says = new ArrayList<String>();
    rule.visitors().ifPresent(visitors -> says.add(text.of("retention.visitors", visitors.idle().toString())
        + among(visitors.namespaces())));
    rule.events().ifPresent(events -> {
      var only = new TreeSet<>(events.sources());
      only.addAll(events.names());
      only.addAll(events.namespaces());
      says.add(text.of("retention.events", events.olderThan().toString()) + among(only));
    });
    return says;
  }

  private static String among(Set<String> names) {
    return names.isEmpty() ? "" : " (" + String.join(", ", new TreeSet<>(names)) + ")";
  }
}
