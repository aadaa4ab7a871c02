package portrait.doors.web;

import static portrait.doors.http.Access.needs;

import java.util.List;
import java.util.Optional;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.model.Problem;
import portrait.foundation.security.AuditEntry;
import portrait.foundation.security.AuditQuery;
import portrait.foundation.security.Permission;
import portrait.foundation.security.Security;

/// The audit trail: looked through, downloaded, checked.
final class Audited implements Door {

  private static final int ENTRIES_SHOWN = 100;

  private final Renderer renderer;
  private final Security security;

  Audited(Renderer renderer, Security security) {
    this.renderer = renderer;
    this.security = security;
  }

  @Override
  public void routes(Routes routes) {
    var administer = needs(Permission.ADMINISTER);
    routes.get("/audit", administer, request -> page(request, Optional.empty()));
    routes.get("/audit.csv", administer, this::csv);
    routes.post("/audit/check", administer, request -> security.verifyAuditTrail()
        .map(broken -> page(request, Optional.of(broken)))
        .orElseGet(() -> Renderer.done("/audit", renderer.text(request).of("audit.whole"))));
  }

  private Answer page(Request request, Optional<Problem> broken) {
    var entries = security
        .auditTrail(query(request, request.query("before", 1L, AuditQuery.ALL, AuditQuery.ALL), ENTRIES_SHOWN));
    var shown = new AuditPage(entries, request.query("by").orElse(""), request.query("text").orElse(""),
        entries.size() < ENTRIES_SHOWN ? Optional.empty()
            : Optional.of("/audit?by=%s&text=%s&before=%d".formatted(
                CustomersPage.encoded(request.query("by").orElse("")),
                CustomersPage.encoded(request.query("text").orElse("")), entries.getLast().number())),
        broken);
    return renderer.page(request, "audit", renderer.text(request).of("nav.audit"), "audit", shown);
  }

  private static AuditQuery query(Request request, long before, int limit) {
    return new AuditQuery(request.query("by"), request.query("text"), Optional.empty(), Optional.empty(), before,
        limit);
  }

  private Answer csv(Request request) {
    return Answer.stream("text/csv; charset=utf-8", out -> {
      out.write(Csv.line(List.of("number", "at", "by", "request", "action", "target", "detail", "hash")));
      long before = AuditQuery.ALL;
      while (true) {
        var page = security.auditTrail(query(request, before, AuditQuery.LIMIT_MAX));
        for (var entry : page) {
          out.write(line(entry));
        }
        if (page.size() < AuditQuery.LIMIT_MAX) {
          return;
        }
        before = page.getLast().number();
        out.flush();
      }
    }).withHeader("Content-Disposition", "attachment; filename=\"audit.csv\"");
  }

  private static byte[] line(AuditEntry entry) {
    return Csv.line(List.of(entry.number(), entry.at(), entry.by(), entry.requestId(), entry.action(), entry.target(),
        entry.detail(), entry.hash()));
  }
}
