package portrait.doors.web;

import java.util.List;

/// One definition as YAML, and its earlier versions.
public record DefinitionPage(String kind, String name, String yaml, List<DefinitionsPage.Entry> history) {}
