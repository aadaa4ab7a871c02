package portrait.doors.cli;

import java.io.PrintWriter;
import java.util.Map;

/// What a command works with.
record Context(Product product, Map<String, String> environment, PrintWriter out, PrintWriter err) {}
