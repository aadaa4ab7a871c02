package portrait.stages.enrichments.providers;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import portrait.foundation.definitions.Definitions;
import portrait.foundation.warehouse.Sql;
import portrait.foundation.warehouse.Warehouse;
import portrait.stages.engagement.Engagement;
import portrait.stages.enrichments.providers.Asking.Answer;
import portrait.stages.enrichments.providers.Asking.Question;
import portrait.stages.enrichments.providers.Asking.Reply;
import portrait.stages.sources.Sources;
import portrait.stages.unification.Unification;

/// What all that count mail and meetings have in common: which addresses, whose contacts, and the answers by account.
public final class EngagementCount {

  static final String ACCOUNT = "account";
  static final int QUESTIONS_MAX = 1_000;
  static final int ADDRESSES_MIN = 2;
  static final int ADDRESSES_MAX = 2_500;

  private final Sources sources;
  private final Unification unification;
  private final Warehouse warehouse;
  private final Engagement engagement;
  private final Clock clock;

  public EngagementCount(Sources sources, Unification unification, Warehouse warehouse, Clock clock) {
    this.sources = sources;
    this.unification = unification;
    this.warehouse = warehouse;
    this.engagement = new Engagement(warehouse);
    this.clock = clock;
  }

  /// What an enrichment says of it.
  interface Target {

    /// With commas between them.
    String addresses();

    /// A table with contacts of accounts.
    String contacts();

    /// Its column with the address.
    String email();

    boolean agreed();

    default Set<String> typed() {
      return Arrays.stream(addresses().split("[,;\\s]+")).filter(address -> !address.isEmpty())
          .collect(Collectors.toCollection(() -> new TreeSet<>(String.CASE_INSENSITIVE_ORDER)));
    }
  }

  Engagement engagement() {
    return engagement;
  }

  Instant now() {
    return clock.instant();
  }

  /// @param addressesMin how many must be typed; a group leads to more
  List<String> mistakes(Target target, int addressesMin, Definitions others) {
    var mistakes = new ArrayList<String>();
    var typed = target.typed();
    if (typed.size() < addressesMin || typed.size() > ADDRESSES_MAX) {
      mistakes.add("settings.addresses had %,d addresses but must have %,d to %,d".formatted(typed.size(),
          addressesMin, ADDRESSES_MAX));
    }
    if (typed.stream().anyMatch(address -> !address.matches("[^@]+@[^@]+"))) {
      mistakes.add("settings.addresses has something that is no e-mail address");
    }
    if (!target.agreed()) {
      mistakes.add("settings.agreed was false but somebody must agree first");
    }
    if (others.all(Sources.KIND).stream().flatMap(source -> source.tables().stream())
        .noneMatch(table -> table.fullName().equals(target.contacts()))) {
      mistakes.add("settings.contacts was '%s' but there is no such table".formatted(target.contacts()));
    }
    return mistakes;
  }

  /// The accounts of each address.
  Map<String, Set<String>> contacts(Target target) {
    var addresses = unification.column(target.contacts(), target.email());
    var namespace = sources.definition(target.contacts()).map(table -> table.namespace()).orElse(target.contacts());
    var accounts = new HashMap<String, Set<String>>();
    warehouse.read(session -> {
      if (session.exists("AccountContact")) {
        session.each(Sql.of("SELECT \"Key\", \"AccountId\" FROM \"AccountContact\" WHERE \"Table\" = ?", namespace),
            row -> {
              String address = addresses.get(row.text(1));
              if (address != null) {
                accounts.computeIfAbsent(address, _ -> new TreeSet<>()).add(row.text(2));
              }
            });
      }
      return accounts.size();
    });
    return accounts;
  }

  /// What the last count says about the year of these accounts.
  Reply answers(String output, List<Question> questions) {
    var values = Sql.join(", ", questions.stream().map(question -> Sql.of("?", account(question))).toList());
    var found = new HashMap<String, Map<String, @Nullable Object>>();
    warehouse.read(session -> {
      session.each(Sql.format("SELECT * FROM {} WHERE \"AggregationLevel\" = 'year' AND \"AccountId\" IN ({})",
          Sql.name(Engagement.periods(output)), values), row -> {
            var columns = new TreeMap<String, @Nullable Object>();
            for (int place = 1; place <= row.columns(); place++) {
              columns.put(row.columnName(place), row.value(place));
            }
            found.put(String.valueOf(columns.get("AccountId")), columns);
          });
      return found.size();
    });
    return new Reply.Answered(questions.stream().<Answer>map(question -> {
      var row = found.get(account(question));
      return row == null ? new Answer.Nothing() : new Answer.Found(row::get);
    }).toList());
  }

  private static String account(Question question) {
    return question.values().getOrDefault(ACCOUNT, "");
  }
}
