package portrait.foundation.places;

import portrait.foundation.files.Place;

/// The settings of a connection to a place files lie in.
public interface FileAccount {

  /// Where that is.
  ///
  /// @throws portrait.foundation.model.ProblemException `invalid_definition` when the operator does not let it be reached
  Place place(Reach reach);
}
