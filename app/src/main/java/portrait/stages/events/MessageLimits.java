package portrait.stages.events;

/// How large what is collected may be.
///
/// @param messageBytesMax one message; a larger one goes to the quarantine
/// @param bodyBytesMax a whole body, unpacked; a larger one is refused
public record MessageLimits(int messageBytesMax, int bodyBytesMax) {

  /// As the public collection service has it.
  public static final MessageLimits STANDARD = new MessageLimits(32 * 1024, 500 * 1024);
}
