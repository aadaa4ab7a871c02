package portrait.foundation.connections;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.model.Secret;
import tools.jackson.databind.JsonNode;

/// The settings of a connector: what a record with [Setting]s on its components asks for, and how it is read.
///
/// @param <R> the record
public final class Form<R extends Record> {

  private final Class<R> type;
  private final List<Field> fields;

  /// What a field takes.
  public enum Kind {
    TEXT, NUMBER, YES_NO, CHOICE, SECRET, FIELD
  }

  /// One setting.
  ///
  /// @param name as it is written in definitions: `api_key`
  /// @param standard what holds when it is absent; may be empty
  /// @param choices what it may be, where it is one of several
  public record Field(String name, String title, String help, String example, Kind kind, boolean isRequired,
      String standard, List<String> choices) {

    public Field {
      choices = List.copyOf(choices);
    }
  }

  private Form(Class<R> type) {
    this.type = type;
    this.fields = Arrays.stream(type.getRecordComponents()).map(Form::field).toList();
  }

  /// @throws IllegalStateException when a component has no [Setting], or a type that no field takes
  public static <R extends Record> Form<R> of(Class<R> type) {
    return new Form<>(type);
  }

  /// In the order of the record.
  public List<Field> fields() {
    return fields;
  }

  /// Everything that is wrong with these settings.
  public List<Problem> problems(JsonNode settings) {
    try {
      // Whether a secret is there is another question: the form asks only for a reference.
      read(settings, _ -> Optional.of(Secret.of("")));
      return List.of();
    } catch (ProblemException wrong) {
      return List.of(wrong.problem());
    }
  }

  /// The settings as their connector works with them.
  ///
  /// @param secrets the value of a secret by its name
  /// @throws ProblemException `invalid_definition` that lists everything that is wrong
  public R read(JsonNode settings, Function<String, Optional<Secret>> secrets) {
    var wrong = new ArrayList<String>();
    settings.propertyNames().stream().filter(name -> fields.stream().noneMatch(field -> field.name().equals(name)))
        .forEach(name -> wrong.add("settings.%s is unknown; known are %s".formatted(name,
            fields.stream().map(Field::name).collect(Collectors.joining(", ")))));
    var components = type.getRecordComponents();
    @Nullable
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      values[i] = value(components[i], fields.get(i), settings.path(fields.get(i).name()), secrets, wrong);
    }
    if (!wrong.isEmpty()) {
      throw Problem.of(Problem.Code.INVALID_DEFINITION, String.join("; ", wrong)).asException();
    }
    return make(values);
  }

  private R make(@Nullable Object[] values) {
    try {
      var constructor = type.getDeclaredConstructor(
          Arrays.stream(type.getRecordComponents()).map(RecordComponent::getType).toArray(Class<?>[]::new));
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException refused) {
      if (refused.getCause() instanceof ProblemException wrong) {
        throw wrong;
      }
      throw new IllegalStateException(refused);
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static @Nullable Object value(RecordComponent component, Field field, JsonNode written,
      Function<String, Optional<Secret>> secrets, List<String> wrong) {
    boolean isAbsent = written.isMissingNode() || written.isNull()
        || written.isString() && written.asString().isBlank();
    if (isAbsent && component.getType() == Optional.class) {
      return Optional.empty();
    }
    if (isAbsent && field.isRequired()) {
      wrong.add("settings.%s is missing".formatted(field.name()));
      return blank(component);
    }
    String text = isAbsent ? field.standard() : written.asString("").strip();
    return switch (field.kind()) {
      case TEXT, FIELD -> {
        if (!isAbsent && !written.isValueNode()) {
          wrong.add("settings.%s must be text".formatted(field.name()));
        }
        yield component.getType() == Optional.class ? Optional.of(text) : text;
      }
      case SECRET -> {
        var secret = secret(field, written, secrets, wrong);
        yield component.getType() == Optional.class ? Optional.of(secret) : secret;
      }
      case YES_NO -> {
        if (!text.equals("true") && !text.equals("false")) {
          wrong.add("settings.%s was '%s' but must be true or false".formatted(field.name(), text));
        }
        yield text.equals("true");
      }
      case NUMBER -> number(component, field, text, wrong);
      case CHOICE -> choice(component, field, text, wrong);
    };
  }

  private static Secret secret(Field field, JsonNode written, Function<String, Optional<Secret>> secrets,
      List<String> wrong) {
    String name = written.path("secret").asString("");
    if (!written.isObject() || written.size() != 1 || name.isEmpty()) {
      wrong.add("settings.%s must be { secret: NAME }: a secret lies in the vault, never in a definition"
          .formatted(field.name()));
      return Secret.of("");
    }
    var value = secrets.apply(name);
    if (value.isEmpty()) {
      wrong.add("settings.%s names the secret '%s', which is not in the vault".formatted(field.name(), name));
    }
    return value.orElse(Secret.of(""));
  }

  private static int number(RecordComponent component, Field field, String text, List<String> wrong) {
    var setting = component.getAnnotation(Setting.class);
    try {
      int number = Integer.parseInt(text);
      if (number >= setting.min() && number <= setting.max()) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Told below, like a number out of range.
    }
    wrong.add("settings.%s was '%s' but must be a whole number %s".formatted(field.name(), text,
        setting.max() == Integer.MAX_VALUE ? "of %d or more".formatted(setting.min())
            : "from %d to %d".formatted(setting.min(), setting.max())));
    return setting.min();
  }

  private static @Nullable Object choice(RecordComponent component, Field field, String text, List<String> wrong) {
    for (var each : component.getType().getEnumConstants()) {
      if (word((Enum<?>) each).equals(text)) {
        return each;
      }
    }
    wrong.add("settings.%s was '%s' but must be one of %s".formatted(field.name(), text,
        String.join(", ", field.choices())));
    return null;
  }

  private static @Nullable Object blank(RecordComponent component) {
    Map<Class<?>, Object> blanks = new HashMap<>(Map.of(String.class, "", int.class, 0, boolean.class, false,
        Secret.class, Secret.of("")));
    return blanks.get(component.getType());
  }

  private static Field field(RecordComponent component) {
    var setting = component.getAnnotation(Setting.class);
    if (setting == null) {
      throw new IllegalStateException("%s has no @Setting".formatted(component));
    }
    var kind = kind(component, setting);
    var choices = kind == Kind.CHOICE
        ? Arrays.stream(component.getType().getEnumConstants()).map(each -> word((Enum<?>) each)).toList()
        : List.<String>of();
    return new Field(component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT), setting.title(),
        setting.help(), setting.example(), kind,
        component.getType() != Optional.class && setting.standard().isEmpty(), setting.standard(), choices);
  }

  private static Kind kind(RecordComponent component, Setting setting) {
    var type = component.getType();
    boolean isOptionalSecret = component.getGenericType() instanceof ParameterizedType optional
        && optional.getActualTypeArguments()[0] == Secret.class;
    if (type == Secret.class || isOptionalSecret) {
      return Kind.SECRET;
    }
    if (type == String.class || type == Optional.class) {
      return setting.isField() ? Kind.FIELD : Kind.TEXT;
    }
    if (type == int.class) {
      return Kind.NUMBER;
    }
    if (type == boolean.class) {
      return Kind.YES_NO;
    }
    if (type.isEnum()) {
      return Kind.CHOICE;
    }
    throw new IllegalStateException("%s has a type that no field takes".formatted(component));
  }

  private static String word(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT);
  }
}
