package portrait.processes.demo;

/// Hears how far the shop is.
@FunctionalInterface
public interface DemoListener {

  /// @param expected 0 while unknown
  void progress(String step, long done, long expected);
}
