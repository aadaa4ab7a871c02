package portrait.stages.profiles;

import java.util.List;
import java.util.Optional;

/// Some customers, the most recently seen first.
///
/// @param next cursor of the following page; absent on the last
public record ProfilePage(List<Profile> profiles, Optional<String> next) {

  public ProfilePage {
    profiles = List.copyOf(profiles);
  }
}
