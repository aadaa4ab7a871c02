/// The web server: sign-in, keys, limits, problems as answers, health and metrics.
///
/// A [Door] lists its [Routes]; each says who may use it, so a route without an answer to that question cannot be
/// written. A request passes, in this order: request id and security headers, the caller (bearer key or session
/// cookie), the permission of the route, the cross-site check of changing requests, the handler. Whatever is thrown
/// becomes a problem document, or a page for a browser.
@NullMarked
package portrait.doors.http;

import org.jspecify.annotations.NullMarked;
