package portrait.doors.web;

import java.util.List;
import portrait.processes.consents.Tally;

/// What people agree to.
///
/// @param mistakes what is wrong with the purpose just written
public record ConsentPage(List<Tally> purposes, String title, String unknown, List<String> mistakes) {

  public ConsentPage {
    purposes = List.copyOf(purposes);
    mistakes = List.copyOf(mistakes);
  }
}
