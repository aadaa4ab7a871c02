package portrait.foundation.database;

/// Another writer changed what this transaction has read and relies on: [Database#write] runs it again.
public final class LostRaceException extends RuntimeException {

  public LostRaceException(String what) {
    super(what);
  }
}
