package portrait.doors.web;

import java.time.Instant;
import java.util.List;

/// Who is told what happens, and a form for more.
///
/// @param connections those that take messages and may be used
/// @param form as it was sent, where it was refused
public record TriggersPage(List<Trigger> triggers, List<Choice> connections, List<Choice> sources,
    List<Choice> segments, List<Choice> measures, Form form, List<String> mistakes) {

  /// @param says when it tells, in words
  /// @param told whom, in words
  /// @param lately its last messages, newest first
  public record Trigger(String name, String title, boolean isActive, String says, String told, boolean mayChange,
      List<Message> lately) {}

  /// @param status a key of the messages
  /// @param why it was not taken
  public record Message(Instant madeAt, String status, String why) {}

  /// @param name of a definition
  public record Choice(String name, String title) {}

  /// @param about for each member, `segment` for example, what was chosen
  public record Form(String title, String when, java.util.Map<String, String> about, boolean isAbove, String limit,
      String connection) {

    public Form {
      about = java.util.Map.copyOf(about);
    }

    /// What was chosen; empty for nothing.
    public String about(String member) {
      return about.getOrDefault(member, "");
    }
  }
}
