package portrait.doors.web;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import portrait.doors.http.Request;
import portrait.foundation.connections.Form;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The settings of a connector as fields of a form: made from its record, in the language of the page.
///
/// @param values as they were sent, or as they are saved; never a secret
/// @param kept names of secrets that are in the vault already
public record SettingFields(String type, List<Form.Field> fields, Map<String, String> values, List<String> kept) {

  private static final String PREFIX = "setting:";

  public SettingFields {
    fields = List.copyOf(fields);
    values = Map.copyOf(values);
    kept = List.copyOf(kept);
  }

  /// As it is saved.
  static SettingFields saved(String type, Form<?> form, JsonNode settings, List<String> kept) {
    var values = new HashMap<String, String>();
    for (var field : form.fields()) {
      var value = settings.path(field.name());
      if (field.kind() != Form.Kind.SECRET && value.isValueNode() && !value.isNull()) {
        values.put(field.name(), value.asString());
      }
    }
    return new SettingFields(type, form.fields(), values, kept);
  }

  /// As it was sent.
  static SettingFields sent(String type, Form<?> form, Request request, List<String> kept) {
    var values = new HashMap<String, String>();
    form.fields().stream().filter(field -> field.kind() != Form.Kind.SECRET)
        .forEach(field -> request.form(PREFIX + field.name()).map(String::strip).filter(value -> !value.isEmpty())
            .ifPresent(value -> values.put(field.name(), value)));
    return new SettingFields(type, form.fields(), values, kept);
  }

  /// The settings for a definition, without secrets.
  ObjectNode settings() {
    var settings = JsonMapper.shared().createObjectNode();
    for (var field : fields) {
      String value = values.get(field.name());
      if (value != null && !value.equals(field.standard())) {
        settings.put(field.name(), value);
      }
    }
    return settings;
  }

  public String inputName(Form.Field field) {
    return PREFIX + field.name();
  }

  public String value(Form.Field field) {
    return values.getOrDefault(field.name(), field.kind() == Form.Kind.CHOICE || field.kind() == Form.Kind.NUMBER
        ? field.standard()
        : "");
  }

  public String title(Form.Field field, Messages text) {
    return text.orElse("setting." + type + "." + field.name(), field.title());
  }

  public String help(Form.Field field, Messages text) {
    return text.orElse("setting." + type + "." + field.name() + ".help", field.help());
  }

  /// A choice in words.
  public String choice(Form.Field field, String choice, Messages text) {
    return text.orElse("setting." + type + "." + field.name() + "." + choice, Messages.label(choice));
  }
}
