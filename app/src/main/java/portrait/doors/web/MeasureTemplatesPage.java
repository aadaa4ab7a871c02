package portrait.doors.web;

import java.util.List;
import java.util.Map;
import portrait.stages.measures.MeasureTemplates.Template;

/// Measures to begin with, and the words that are filled in.
///
/// @param words by name: `order` is `Order Completed`
/// @param events names that can stand for one, the most frequent first
/// @param mistake why the words cannot stand there; empty when they can
public record MeasureTemplatesPage(List<Template> templates, Map<String, String> words, List<String> events,
    String mistake) {}
