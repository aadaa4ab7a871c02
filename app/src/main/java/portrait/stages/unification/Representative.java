package portrait.stages.unification;

import java.util.Map;

/// Who stands for a group, where each member leads to another one: a union-find of a few values of any kind. For records,
/// which are many, see [portrait.stages.matching.Clusters].
final class Representative {

  private Representative() {}

  /// The end of the way from a value; the value itself where it leads nowhere.
  static <T> T of(Map<T, T> leads, T value) {
    T at = value;
    T next = leads.getOrDefault(at, at);
    while (!next.equals(at)) {
      at = next;
      next = leads.getOrDefault(at, at);
    }
    return at;
  }
}
