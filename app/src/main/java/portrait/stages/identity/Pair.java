package portrait.stages.identity;

import java.util.stream.Stream;

/// Two identities that a link holds together.
record Pair(Node one, Node other) {

  /// Those of the two that have a customer.
  Stream<Node> known() {
    return Stream.of(one, other).filter(node -> node.customer() != Node.UNSETTLED);
  }
}
