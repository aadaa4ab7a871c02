package portrait.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// Numbers given to a benchmark as `--name number`, with what stands for those not given.
record Sizes(Map<String, Integer> numbers) {

  static Sizes read(List<String> arguments, Map<String, Integer> standard) {
    var numbers = new TreeMap<>(standard);
    for (int i = 0; i < arguments.size(); i += 2) {
      String name = arguments.get(i).replaceFirst("^--", "");
      if (!standard.containsKey(name) || i + 1 == arguments.size() || !arguments.get(i + 1).matches("[0-9]{1,9}")) {
        throw new IllegalArgumentException("%s is none of %s with a number behind it".formatted(arguments.get(i),
            numbers.keySet().stream().map(each -> "--" + each).toList()));
      }
      numbers.put(name, Integer.parseInt(arguments.get(i + 1)));
    }
    return new Sizes(numbers);
  }

  int get(String name) {
    return Objects.requireNonNull(numbers.get(name), name);
  }

  Sizes with(String name, int number) {
    var other = new TreeMap<>(numbers);
    other.put(name, number);
    return new Sizes(other);
  }
}
