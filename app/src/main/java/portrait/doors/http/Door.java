package portrait.doors.http;

/// A way in: lists what it answers to.
public interface Door {

  void routes(Routes routes);
}
