package portrait.stages.enrichments.providers;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import portrait.stages.engagement.Coverage;
import portrait.stages.engagement.Engagement;
import portrait.stages.engagement.History;

/// A provider that counts mail and meetings with accounts, wherever it reads them.
interface CountsEngagement<A extends Record, T extends Record> extends Provider<A, T> {

  EngagementCount count();

  @Override
  default Category category() {
    return Category.COMPANIES;
  }

  @Override
  default List<Input> inputs() {
    return List.of(
        new Input(EngagementCount.ACCOUNT, "Account", "The id of the account.", true, List.of("AccountId")));
  }

  @Override
  default List<Output> outputs() {
    return Engagement.COLUMNS.stream().map(column -> new Output(column, column, column)).toList();
  }

  @Override
  default List<Table> tables(String output) {
    return Stream.concat(Stream.of(
        new Table(Engagement.periods(output), "Mail and meetings of each account by year, month and week.",
            List.of("PrimaryKey"), true),
        new Table(Engagement.users(output), "Ids of the addresses whose mail and meetings are counted.",
            List.of("UserId"), true),
        new Table(Engagement.coverage(output), "What the count of mail and meetings rests on.", List.of("CountedAt"),
            true)),
        Engagement.ledgerTables(output).stream().map(table -> new Table(table, "", List.of(), false))).toList();
  }

  @Override
  default Optional<History> history(String output, String account) {
    return count().engagement().history(output, account);
  }

  @Override
  default Optional<Coverage> coverage(String output) {
    return count().engagement().lastCoverage(output);
  }

  /// Days since the last message pass by themselves, and counting costs nobody anything.
  @Override
  default String edition(T target) {
    return count().now().toString();
  }
}
