package portrait.stages.activities;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What rows mean beyond their name: measures, templates and other systems rely on the properties that come with it.
public enum ActivityType {
  /** Somebody bought something; negative amounts are returns. */
  SALES_ORDER("SalesOrder", "Order Completed", true, "order_id", "amount"),
  /** One product of an order. */
  SALES_ORDER_LINE("SalesOrderLine", "Order Line", false, "order_id", "product_id", "amount"),
  /** Something that goes on until it ends. */
  SUBSCRIPTION("Subscription", "Subscription Started", true, "subscription_id", "ends_at"),
  /** What somebody thinks. */
  FEEDBACK("Feedback", "Feedback Given", true, "text"),
  /** Points won or spent. */
  LOYALTY("Loyalty", "Points Changed", true, "points");

  /// What the e-commerce specification of Segment calls events, for people who choose a name.
  public static final List<String> ECOMMERCE_EVENTS = List.of("Products Searched", "Product List Viewed",
      "Product List Filtered", "Promotion Viewed", "Promotion Clicked", "Product Clicked", "Product Viewed",
      "Product Added", "Product Removed", "Cart Viewed", "Checkout Started", "Checkout Step Viewed",
      "Checkout Step Completed", "Payment Info Entered", "Order Updated", "Order Completed", "Order Refunded",
      "Order Cancelled", "Coupon Entered", "Coupon Applied", "Coupon Denied", "Coupon Removed",
      "Product Added to Wishlist", "Product Removed from Wishlist", "Wishlist Product Added to Cart", "Product Shared",
      "Cart Shared", "Product Reviewed");

  private final String text;
  private final String event;
  private final boolean isInTimeline;
  private final List<String> properties;

  ActivityType(String text, String event, boolean isInTimeline, String... properties) {
    this.text = text;
    this.event = event;
    this.isInTimeline = isInTimeline;
    this.properties = List.of(properties);
  }

  /// As it is written.
  public String text() {
    return text;
  }

  /// What happened, when a definition does not say.
  public String event() {
    return event;
  }

  /// Whether it is on the timeline when a definition does not say: lines of orders are too many.
  public boolean isInTimeline() {
    return isInTimeline;
  }

  /// The properties that a definition of this type must map.
  public List<String> properties() {
    return properties;
  }

  public static Optional<ActivityType> of(String text) {
    return Arrays.stream(values()).filter(type -> type.text.equals(text)).findFirst();
  }
}
