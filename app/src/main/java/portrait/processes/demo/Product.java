package portrait.processes.demo;

import java.util.List;

/// What the shop sells.
enum Product {
  CHELSEA_BOOT("Chelsea Boot", "leather-shoes", 17_900, 10),

  OXFORD_BROGUE("Oxford Brogue", "leather-shoes", 14_900, 12),

  DERBY_CLASSIC("Derby Classic", "leather-shoes", 13_900, 9),

  PENNY_LOAFER("Penny Loafer", "leather-shoes", 12_900, 8),

  COURT_LOW("Court Low", "sneakers", 8_900, 20),

  TRAIL_RUNNER("Trail Runner", "sneakers", 11_900, 16),

  CITY_BACKPACK("City Backpack", "bags", 9_900, 8),

  WEEKENDER("Weekender", "bags", 21_900, 4),

  SHOE_CARE_KIT("Shoe Care Kit", "accessories", 2_490, 9),

  LEATHER_BELT("Leather Belt", "accessories", 4_900, 7),

  WOOL_SOCKS("Wool Socks", "accessories", 1_290, 14),

  ALPINE_BOOT("Alpine Boot", "winter-boots", 23_900, 3);

  static final List<Product> ALL = List.of(values());

  final String title;
  final String category;
  final int cents;
  /// How many look at it, beside the others.
  final int popularity;

  Product(String title, String category, int cents, int popularity) {
    this.title = title;
    this.category = category;
    this.cents = cents;
    this.popularity = popularity;
  }

  double price() {
    return cents / 100.0;
  }
}
