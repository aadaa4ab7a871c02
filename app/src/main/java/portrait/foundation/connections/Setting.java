package portrait.foundation.connections;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// One setting of a connector, on a component of its record. The form, the check and the reference come from it.
///
/// A component may be a `String`, an `int`, a `boolean`, an enum, a [portrait.foundation.model.Secret], or an `Optional`
/// of a `String` or a `Secret`. Written in definitions it has underscores: `apiKey` is `api_key`.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {

  /// What people see beside the field.
  String title();

  /// What it means and what it may be.
  String help();

  /// A value that could be there.
  String example() default "";

  /// What holds when nobody says otherwise; without it, and unless it is an `Optional`, the setting is required.
  String standard() default "";

  /// Whether the value names something about a customer, such as `email` or `measure.revenue`.
  boolean isField() default false;

  /// The least number.
  int min() default 0;

  /// The greatest number.
  int max() default Integer.MAX_VALUE;
}
