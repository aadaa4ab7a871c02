package portrait.stages.enrichments.providers;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.connections.Setting;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.model.Problem;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.stages.sources.Sources;
import portrait.stages.sources.TableDefinition;

/// A table of one's own that is no part of the unification: regions by postal code, companies by domain, scores of a
/// model. The row whose column has the value of the input is the answer; upper and lower case and space around do not
/// count.
public final class OwnTable implements Provider<Provider.NoAccount, OwnTable.Where> {

  private static final int QUESTIONS_MAX = 1_000;
  private static final String KEY = "key";
  private static final Form<NoAccount> NONE = Form.of(NoAccount.class);
  private static final Form<Where> FORM = Form.of(Where.class);

  private final Sources sources;
  private final Warehouse warehouse;

  public OwnTable(Sources sources, Warehouse warehouse) {
    this.sources = sources;
    this.warehouse = warehouse;
  }

  /// What an enrichment needs.
  public record Where(
      @Setting(title = "Table", help = "A loaded table of a source.", example = "reference.companies") String table,
      @Setting(title = "Column", help = "The column in which the value is looked for.", example = "domain") String column) {}

  @Override
  public Connector<NoAccount> connector() {
    return new Connector<>("table", "Table of one's own",
        "Adds columns of a loaded table: regions by postal code, companies by domain, scores of a model.", NONE);
  }

  @Override
  public boolean needsConnection() {
    return false;
  }

  @Override
  public Category category() {
    return Category.OWN;
  }

  @Override
  public Form<Where> target() {
    return FORM;
  }

  @Override
  public List<Input> inputs() {
    return List.of(new Input(KEY, "Key", "What is looked for in the column.", true));
  }

  @Override
  public List<String> mistakes(Where target, Definitions others) {
    return others.all(Sources.KIND).stream().flatMap(source -> source.tables().stream())
        .noneMatch(table -> table.fullName().equals(target.table()))
            ? List.of("settings.table was '%s' but there is no such table".formatted(target.table()))
            : List.of();
  }

  /// Another load may give another answer.
  @Override
  public String edition(Where target) {
    return sources.table(target.table()).flatMap(state -> state.loadedAt()).map(Instant::toString).orElse("");
  }

  @Override
  public String verify(NoAccount account) {
    return "nothing leaves this installation";
  }

  @Override
  public Asking open(NoAccount account, Where target, Set<String> inputs, String output) {
    var table = sources.definition(target.table()).orElseThrow(() -> Problem.of(Problem.Code.CONFLICT,
        "there is no table '%s' any more".formatted(target.table()), "Choose another table.").asException());
    var columns = warehouse.read(session -> session.schema(table.warehouseName())).orElseThrow(() -> Problem
        .of(Problem.Code.CONFLICT, "table '%s' has no rows yet".formatted(target.table()), "Load it first.")
        .asException());
    var column = columns.column(target.column()).orElseThrow(() -> Problem.of(Problem.Code.CONFLICT,
        "settings.column was '%s' but table %s has no such column".formatted(target.column(), target.table()),
        "Its columns are %s.".formatted(String.join(", ", columns.columns().stream().map(each -> each.name())
            .toList())))
        .asException());
    return new Looking(table, column.name());
  }

  private final class Looking implements Asking {

    private final Sql query;

    Looking(TableDefinition table, String column) {
      var key = Sql.format("lower(trim(CAST({} AS VARCHAR)))", Sql.name(column));
      // Of several rows with the key the first in the order of their own keys, so that the answer does not change.
      var order = Sql.join(", ",
          table.key().stream().map(each -> Sql.format("CAST({} AS VARCHAR)", Sql.name(each))).toList());
      this.query = Sql.format("""
          SELECT * FROM (SELECT {} AS _looked_for, row_number() OVER (PARTITION BY {} ORDER BY {}) AS _place, * FROM {})
          WHERE _place = 1 AND _looked_for IN""", key, key, order, Sql.name(table.warehouseName()));
    }

    @Override
    public int questionsMax() {
      return QUESTIONS_MAX;
    }

    @Override
    public Reply ask(List<Question> questions) {
      var wanted = questions.stream().map(OwnTable::key).distinct().toList();
      var found = new HashMap<String, Map<String, @Nullable Object>>();
      var values = Sql.join(", ", wanted.stream().map(key -> Sql.of("?", key)).toList());
      warehouse.read(session -> {
        session.each(Sql.format("{} ({})", query, values), row -> {
          var columns = new TreeMap<String, @Nullable Object>(String.CASE_INSENSITIVE_ORDER);
          for (int place = 1; place <= row.columns(); place++) {
            columns.put(row.columnName(place), row.value(place));
          }
          found.put(row.text(1), columns);
        });
        return found.size();
      });
      return new Reply.Answered(questions.stream().<Answer>map(question -> {
        var row = found.get(key(question));
        return row == null ? new Answer.Nothing() : new Answer.Found(row::get);
      }).toList());
    }

    @Override
    public void close() {}
  }

  private static String key(Asking.Question question) {
    return question.values().getOrDefault(KEY, "").strip().toLowerCase(Locale.ROOT);
  }
}
