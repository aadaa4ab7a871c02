package portrait.doors.cli;

import java.util.Objects;

/// The version of this build, as the jar's manifest has it.
final class Version {

  static final String TEXT = Objects.requireNonNullElse(Version.class.getPackage().getImplementationVersion(),
      "(not packaged)");

  private Version() {}
}
