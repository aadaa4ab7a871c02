package portrait.doors.web;

import java.util.SortedMap;

/// What somebody chose for themselves.
///
/// @param language empty for what the browser asks for
/// @param numbers empty for as the language has it
/// @param spellings a number as each choice writes it
public record PreferencesPage(String language, String numbers, String theme, SortedMap<String, String> spellings) {}
