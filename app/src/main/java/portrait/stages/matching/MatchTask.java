package portrait.stages.matching;

import java.util.List;
import portrait.foundation.warehouse.Sql;

/// What the engine is to do, and the names of the tables it leaves behind.
///
/// | table | columns |
/// |---|---|
/// | [#edges] | `one`, `other`, `weight`, `probability`, `class` (`match`, `related`), `cluster`, one level per field `f0`, `f1`, … |
/// | [#refused] | `one`, `other`, `weight`, `reason` (`unique`, `same_source`, `never`, `outvoted`), levels: likely matches that clustering did not let through |
/// | [#households] | `id`, `household`: records of related people, several customers each |
/// | [#weights] | `field`, `level`, `label`, `match`, `related`, `coincidence`: the model, from which a waterfall explains a score |
///
/// @param name distinguishes the tables of several rules; letters, digits and underscores
/// @param rule with its fields
/// @param records a query of `id` (integer, from 1, in an order that does not depend on the order of arrival), `source`
///        (integer: which table), and one column for each attribute of the rule, under the attribute's name
/// @param unique attributes of `records` (or further columns of it) of which all records of one person have the same value,
///        where they have one
/// @param never a query of `one`, `other`: pairs of ids that must not come together
/// @param isTrial whether these tables end with the session, for a look at what the rule would do
public record MatchTask(String name, ProbabilisticRule rule, Sql records, List<String> unique, Sql never,
    boolean isTrial) {

  public MatchTask {
    unique = List.copyOf(unique);
  }

  /// A task without constraints.
  public MatchTask(String name, ProbabilisticRule rule, Sql records) {
    this(name, rule, records, List.of(), Sql.of("SELECT 0 AS one, 0 AS other WHERE false"), false);
  }

  /// The beginning of a statement that makes one of the tables.
  String create() {
    return isTrial ? "CREATE OR REPLACE TEMP TABLE " : "CREATE OR REPLACE TABLE ";
  }

  public String edges() {
    return "_match_" + name + "_edge";
  }

  public String refused() {
    return "_match_" + name + "_refused";
  }

  public String households() {
    return "_match_" + name + "_household";
  }

  public String weights() {
    return "_match_" + name + "_weight";
  }

  /// What was compared, for the next run: see [Compared].
  String known() {
    return "_match_" + name + "_known";
  }
}
