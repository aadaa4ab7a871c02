package portrait.stages.events;

/// How full the quarantine is, and what left it unseen since this Portrait was set up.
///
/// @param kept what lies in it
/// @param full what left because there was no room
/// @param old what left because it had waited too long
public record QuarantineStock(Amount kept, Amount full, Amount old, QuarantineLimits limits) {

  /// Some messages.
  public record Amount(long messages, long bytes) {

    static final Amount NOTHING = new Amount(0, 0);

    Amount plus(Amount more) {
      return new Amount(messages + more.messages, bytes + more.bytes);
    }

    Amount minus(Amount less) {
      return new Amount(messages - less.messages, bytes - less.bytes);
    }
  }
}
