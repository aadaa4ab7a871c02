package portrait.doors.odata;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import portrait.doors.odata.Lists.Part;
import portrait.doors.odata.Query.Expansion;
import portrait.doors.odata.Query.Sort;
import portrait.foundation.expressions.Expressions;
import portrait.foundation.warehouse.Sql;

/// Reads the options of an address into a [Query].
final class QueryReader {

  static final int EXPAND_DEPTH_MAX = 3;
  private static final List<String> IN_EXPAND = List.of("$filter", "$select", "$expand", "$orderby", "$top", "$skip",
      "$count");

  private final Model model;
  private final Set<String> segments;
  private final java.time.Instant now;

  QueryReader(Model model, Set<String> segments, java.time.Instant now) {
    this.model = model;
    this.segments = segments;
    this.now = now;
  }

  Query read(EntitySet set, Map<String, String> options) {
    if (!options.containsKey("$apply")) {
      return read(set, Optional.empty(), options, 1);
    }
    var applied = Apply.read(set, new Part(options.get("$apply"), 0), model, segments, now);
    var others = new LinkedHashMap<>(options);
    if (others.containsKey("$search") || others.containsKey("$expand")) {
      throw Mistake.in("$apply", "it cannot stand together with $search or $expand");
    }
    return read(applied.set(), Optional.of(applied.from()), others, 1);
  }

  private Query read(EntitySet set, Optional<Sql> from, Map<String, String> options, int depth) {
    String search = search(set, options.getOrDefault("$search", ""));
    var selected = selected(set, options.getOrDefault("$select", "*"));
    boolean isSelecting = !options.getOrDefault("$select", "*").strip().equals("*");
    return new Query(set, from, filter(set, "$filter", options.getOrDefault("$filter", ""), 0),
        sorts(set, options.getOrDefault("$orderby", "")), search,
        Address.number("$skip", options.getOrDefault("$skip", "0")),
        Optional.ofNullable(options.get("$top")).filter(text -> !text.isBlank())
            .map(text -> Address.number("$top", text)),
        Address.truth("$count", options.getOrDefault("$count", "false")), selected, isSelecting,
        expansions(set, new Part(options.getOrDefault("$expand", ""), 0), depth), options);
  }

  Filter filter(EntitySet set, String option, String text, int at) {
    return text.isBlank() ? Filter.EVERYTHING
        : new Binder(model, segments, option, set).filter(Parser.expression(option, text, at));
  }

  private static List<Property> selected(EntitySet set, String text) {
    var selected = new LinkedHashSet<Property>();
    for (var part : Lists.split("$select", new Part(text, 0), ',')) {
      if (part.text().equals("*")) {
        selected.addAll(set.properties());
      } else if (set.navigation(part.text()).isEmpty() || set.find(part.text()).isPresent()) {
        selected.add(set.property(part.text(), "$select", part.at()));
      }
    }
    return List.copyOf(selected);
  }

  private static List<Sort> sorts(EntitySet set, String text) {
    var sorts = new ArrayList<Sort>();
    if (text.isBlank()) {
      return sorts;
    }
    for (var part : Lists.split("$orderby", new Part(text, 0), ',')) {
      String[] words = part.text().split("\\s+");
      String direction = words.length < 2 ? "asc" : words[1].toLowerCase(Locale.ROOT);
      if (words.length > 2 || !direction.equals("asc") && !direction.equals("desc")) {
        throw Mistake.at("$orderby", part.at(), "a property with asc or desc was expected",
            "Write FirstName asc, LastSeen desc.");
      }
      if (words[0].contains("/") || words[0].contains("(")) {
        throw Mistake.at("$orderby", part.at(), "rows are sorted by properties of %s alone".formatted(set.name()),
            "For an order by a measure ask for Customer_Measure with $expand=Customer.");
      }
      var property = set.property(words[0], "$orderby", part.at());
      if (sorts.stream().noneMatch(sort -> sort.property().equals(property))) {
        sorts.add(new Sort(property, direction.equals("desc")));
      }
    }
    return sorts;
  }

  /// Words and texts in quotes; all of them are looked for.
  private static String search(EntitySet set, String text) {
    if (text.isBlank()) {
      return "";
    }
    if (!(set.origin() instanceof EntitySet.Origin.Customers)) {
      throw Mistake.in("$search", "only %s can be searched".formatted(Model.CUSTOMER),
          "Use $filter=contains(…) here.");
    }
    for (String word : text.replaceAll("\"[^\"]*\"", " ").split("[\\s()]+")) {
      if (word.equals("OR") || word.equals("NOT")) {
        throw Mistake.in("$search", "%s is not understood: all words are looked for".formatted(word));
      }
    }
    return text.replaceAll("\\bAND\\b", " ").replace('"', ' ').replace('(', ' ').replace(')', ' ').strip();
  }

  private List<Expansion> expansions(EntitySet set, Part whole, int depth) {
    var expansions = new ArrayList<Expansion>();
    if (whole.text().isBlank()) {
      return expansions;
    }
    if (depth > EXPAND_DEPTH_MAX) {
      throw Mistake.at("$expand", whole.at(), "it is nested more than %d times".formatted(EXPAND_DEPTH_MAX));
    }
    for (var part : Lists.split("$expand", whole, ',')) {
      if (part.text().equals("*")) {
        set.navigations().stream().map(navigation -> new Expansion(navigation,
            read(model.set(navigation.target()), Optional.empty(), Map.of(), depth + 1))).forEach(expansions::add);
        continue;
      }
      var pieces = Lists.withParentheses("$expand", part);
      var name = pieces.getFirst();
      var navigation = set.navigation(name.text()).orElseThrow(() -> Mistake.at("$expand", name.at(),
          "%s leads to no '%s'%s".formatted(set.name(), name.text(),
              Expressions.nearest(name.text(), set.navigations().stream().map(EntitySet.Navigation::name).toList())),
          set.navigations().isEmpty() ? "It leads nowhere."
              : "It leads to %s.".formatted(
                  String.join(", ", set.navigations().stream().map(EntitySet.Navigation::name).toList()))));
      if (expansions.stream().anyMatch(other -> other.navigation().equals(navigation))) {
        throw Mistake.at("$expand", name.at(), "%s stands twice".formatted(navigation.name()));
      }
      var options = pieces.size() < 2 ? Map.<String, String>of() : options(pieces.get(1));
      expansions.add(new Expansion(navigation, read(model.set(navigation.target()), Optional.empty(), options,
          depth + 1)));
    }
    return expansions;
  }

  /// `$filter=…;$top=3`.
  private static Map<String, String> options(Part whole) {
    var options = new LinkedHashMap<String, String>();
    for (var part : Lists.split("$expand", whole, ';')) {
      int equals = part.text().indexOf('=');
      String written = equals < 0 ? part.text() : part.text().substring(0, equals).strip();
      String name = (written.startsWith("$") ? written : "$" + written).toLowerCase(Locale.ROOT);
      if (equals < 0 || !IN_EXPAND.contains(name)) {
        throw Mistake.at("$expand", part.at(), "there is no option '%s' here%s".formatted(written,
            Expressions.nearest(written, IN_EXPAND)),
            "There are %s, with semicolons between them."
                .formatted(String.join(", ", IN_EXPAND)));
      }
      if (options.put(name, part.text().substring(equals + 1)) != null) {
        throw Mistake.at("$expand", part.at(), "%s stands twice".formatted(name));
      }
    }
    return options;
  }
}
