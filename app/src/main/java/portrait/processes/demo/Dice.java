package portrait.processes.demo;

import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/// Chance, from a seed.
final class Dice {

  private final RandomGenerator random;

  Dice(RandomGenerator random) {
    this.random = random;
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  int between(int first, int last) {
    return random.nextInt(first, last + 1);
  }

  double fraction() {
    return random.nextDouble();
  }

  <T> T one(List<T> things) {
    return things.get(random.nextInt(things.size()));
  }

  /// Small numbers often, large ones seldom; 0 or more.
  int few(double mean) {
    return (int) Math.floor(-mean * Math.log(1 - random.nextDouble()));
  }

  Product product(String favourite) {
    var choice = chance(0.6) ? Product.ALL.stream().filter(product -> product.category.equals(favourite)).toList()
        : Product.ALL;
    int place = random.nextInt(choice.stream().mapToInt(product -> product.popularity).sum());
    for (var product : choice) {
      place -= product.popularity;
      if (place < 0) {
        return product;
      }
    }
    throw new IllegalStateException("popularity must be positive");
  }

  String hex(int bytes) {
    var drawn = new byte[bytes];
    random.nextBytes(drawn);
    return HexFormat.of().formatHex(drawn);
  }
}
