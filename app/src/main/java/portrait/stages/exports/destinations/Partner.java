package portrait.stages.exports.destinations;

import portrait.foundation.connections.Connector;

/// A kind of system outside that a connection leads to.
///
/// @param <A> what a connection needs: address, account
public interface Partner<A extends Record> {

  /// What a connection to it is.
  Connector<A> connector();

  /// Really asks it whether the account is right, without changing anything there.
  ///
  /// @return what was found, in one sentence
  /// @throws portrait.foundation.model.ProblemException that names the likely cause
  String verify(A account);
}
