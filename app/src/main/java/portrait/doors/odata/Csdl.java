package portrait.doors.odata;

import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The description of the feed, in the two forms of the Common Schema Definition Language.
final class Csdl {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String DESCRIPTION = "Org.OData.Core.V1.Description";
  private static final String ALTERNATE_KEYS = "Org.OData.Core.V1.AlternateKeys";

  private Csdl() {}

  static String xml(Model model, String version) {
    var out = new StringBuilder();
    out.append("""
        <?xml version="1.0" encoding="UTF-8"?>
        <edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="%s">
        <edmx:DataServices>
        <Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="%s">
        """.formatted(version, Model.NAMESPACE));
    model.sets().values().forEach(set -> out.append(entityType(set)));
    out.append("""
        <Function Name="IsMemberOfSegment" IsBound="true">
        <Parameter Name="customer" Type="%1$s.Customer" Nullable="false"/>
        <Parameter Name="SegmentName" Type="Edm.String" Nullable="false"/>
        <ReturnType Type="Edm.Boolean" Nullable="false"/>
        </Function>
        <EntityContainer Name="%2$s">
        """.formatted(Model.NAMESPACE, Model.CONTAINER));
    for (var set : model.sets().values()) {
      out.append("<EntitySet Name=\"%1$s\" EntityType=\"%2$s.%1$s\">\n".formatted(set.name(), Model.NAMESPACE));
      set.navigations().forEach(navigation -> out.append("<NavigationPropertyBinding Path=\"%s\" Target=\"%s\"/>\n"
          .formatted(navigation.name(), navigation.target())));
      out.append("<Annotation Term=\"%s\" String=\"%s\"/>\n</EntitySet>\n".formatted(DESCRIPTION,
          escaped(set.title())));
    }
    return out.append("</EntityContainer>\n</Schema>\n</edmx:DataServices>\n</edmx:Edmx>\n").toString();
  }

  private static String entityType(EntitySet set) {
    var out = new StringBuilder("<EntityType Name=\"%s\">\n<Key>%s</Key>\n".formatted(set.name(),
        set.key().stream().map("<PropertyRef Name=\"%s\"/>"::formatted).collect(Collectors.joining())));
    for (var property : set.properties()) {
      out.append("<Property Name=\"%s\" Type=\"%s\"%s%s/>\n".formatted(property.name(), property.edmType(),
          property.edmType().equals("Edm.DateTimeOffset") ? " Precision=\"6\"" : "",
          set.key().contains(property.name()) ? " Nullable=\"false\"" : ""));
    }
    set.navigations().forEach(navigation -> out.append("<NavigationProperty Name=\"%s\" Type=\"%s\"/>\n".formatted(
        navigation.name(), navigation.isMany() ? "Collection(%s.%s)".formatted(Model.NAMESPACE, navigation.target())
            : Model.NAMESPACE + "." + navigation.target())));
    var alternates = set.names().stream().filter(name -> !set.key().contains(name.property())).toList();
    if (!alternates.isEmpty()) {
      out.append("<Annotation Term=\"%s\"><Collection>".formatted(ALTERNATE_KEYS));
      alternates.forEach(name -> out.append("""
          <Record><PropertyValue Property="Key"><Collection><Record>\
          <PropertyValue Property="Name" PropertyPath="%1$s"/><PropertyValue Property="Alias" String="%1$s"/>\
          </Record></Collection></PropertyValue></Record>""".formatted(name.property())));
      out.append("</Collection></Annotation>\n");
    }
    return out.append("</EntityType>\n").toString();
  }

  private static String escaped(String text) {
    return text.codePoints().filter(c -> c >= ' ').mapToObj(c -> switch (c) {
      case '&' -> "&amp;";
      case '<' -> "&lt;";
      case '>' -> "&gt;";
      case '"' -> "&quot;";
      default -> Character.toString(c);
    }).collect(Collectors.joining());
  }

  static ObjectNode json(Model model, String version) {
    var document = JSON.createObjectNode().put("$Version", version).put("$EntityContainer",
        Model.NAMESPACE + "." + Model.CONTAINER);
    var schema = document.putObject(Model.NAMESPACE);
    model.sets().values().forEach(set -> describe(schema.putObject(set.name()), set));
    var function = schema.putArray("IsMemberOfSegment").addObject().put("$Kind", "Function").put("$IsBound", true);
    var parameters = function.putArray("$Parameter");
    parameters.addObject().put("$Name", "customer").put("$Type", Model.NAMESPACE + "." + Model.CUSTOMER);
    parameters.addObject().put("$Name", "SegmentName");
    function.putObject("$ReturnType").put("$Type", "Edm.Boolean");
    var container = schema.putObject(Model.CONTAINER).put("$Kind", "EntityContainer");
    for (var set : model.sets().values()) {
      var described = container.putObject(set.name()).put("$Collection", true).put("$Type",
          Model.NAMESPACE + "." + set.name());
      if (!set.navigations().isEmpty()) {
        var bindings = described.putObject("$NavigationPropertyBinding");
        set.navigations().forEach(navigation -> bindings.put(navigation.name(), navigation.target()));
      }
      described.put("@" + DESCRIPTION, set.title());
    }
    return document;
  }

  private static void describe(ObjectNode type, EntitySet set) {
    type.put("$Kind", "EntityType");
    var key = type.putArray("$Key");
    set.key().forEach(key::add);
    for (var property : set.properties()) {
      var described = type.putObject(property.name());
      if (!property.edmType().equals("Edm.String")) {
        described.put("$Type", property.edmType());
      }
      if (property.edmType().equals("Edm.DateTimeOffset")) {
        described.put("$Precision", 6);
      }
      if (!set.key().contains(property.name())) {
        described.put("$Nullable", true);
      }
    }
    for (var navigation : set.navigations()) {
      var described = type.putObject(navigation.name()).put("$Kind", "NavigationProperty").put("$Type",
          Model.NAMESPACE + "." + navigation.target());
      described.put(navigation.isMany() ? "$Collection" : "$Nullable", true);
    }
  }
}
