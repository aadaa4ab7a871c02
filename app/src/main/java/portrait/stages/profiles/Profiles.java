package portrait.stages.profiles;

import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import portrait.foundation.database.Database;
import portrait.foundation.database.Migrations;
import portrait.foundation.database.Transaction;
import portrait.foundation.model.Identity;
import portrait.stages.consent.Consent;
import portrait.stages.events.Event;
import portrait.stages.identity.CustomerKey;
import portrait.stages.policies.MergePolicy;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.json.JsonMapper;

/// One portrait per customer: what each source says is kept apart, merged under a policy, and published for look-ups
/// and searches.
public final class Profiles {

  private final FragmentTable fragments = new FragmentTable();
  private final ProfileTable profiles = new ProfileTable();
  private final WordSearch search = new WordSearch();
  private final ProfileAudit audit = new ProfileAudit();

  /// The tables of this stage.
  public static Migrations migrations() {
    return Migrations.beside(Profiles.class);
  }

  /// Traits as attributes: objects become names with dots, lists stay whole, JSON null stays null.
  public static Map<String, @Nullable Object> attributes(ObjectNode traits) {
    return Traits.attributes(traits);
  }

  /// Attributes as text that [#ofJson] reads back with their types.
  public static String json(Map<String, ? extends @Nullable Object> attributes) {
    return AttributeJson.write(attributes);
  }

  public static Map<String, @Nullable Object> ofJson(String text) {
    return AttributeJson.read(text);
  }

  /// What an event says about the customer: the traits of an identify, the group that somebody joined, and with any event
  /// what they consent to. What is said about the group itself stays with the event, because it is not about the person.
  public static Map<String, @Nullable Object> attributes(Event event) {
    Map<String, @Nullable Object> traits = switch (event.type()) {
      case IDENTIFY -> attributes(event.properties());
      case GROUP -> Map.of("group_id", event.properties().path("groupId").asString(""));
      case TRACK, PAGE, SCREEN, ALIAS, ACTIVITY -> Map.of();
    };
    return Consent.said(traits, event.context());
  }

  /// The merge of what several sources say about one customer.
  public static Document merge(List<Fragment> fragments, MergePolicy policy) {
    return new Merge(policy).of(fragments);
  }

  /// Adds to what a source says about an identity. Each attribute keeps its own time: an older value never replaces a
  /// newer one, whatever the order of arrival; of two values of one moment the one that arrived last stays.
  public void putFragment(Transaction transaction, Fragment fragment) {
    fragments.put(transaction, fragment);
  }

  /// Makes the fragments of one source equal to these: new and changed ones are written, missing ones deleted.
  ///
  /// @return anchors whose fragment changed
  public Set<Long> replaceFragments(Database database, String source, Iterator<Fragment> fragments,
      LongConsumer progress) {
    return this.fragments.replace(database, source, fragments, progress);
  }

  /// Writes some fragments of one source: each is all that the source says about its identity.
  ///
  /// @return anchors whose fragment changed
  public Set<Long> writeFragments(Transaction transaction, String source, List<Fragment> some) {
    return fragments.write(transaction, source, some);
  }

  /// Takes out what one source said about these identities.
  public void removeFragments(Transaction transaction, String source, Collection<Long> anchors) {
    fragments.remove(transaction, source, anchors);
  }

  /// Takes out what every source said about these identities.
  public void removeFragments(Transaction transaction, Collection<Long> anchors) {
    fragments.of(transaction, anchors).forEach(
        fragment -> fragments.remove(transaction, fragment.source(), List.of(fragment.anchor())));
  }

  /// Hands on everything that one source says, in the order of the anchors.
  public void forEachFragment(Transaction transaction, String source, Consumer<Fragment> use) {
    fragments.each(transaction, source, use);
  }

  /// What all sources say about these identities.
  public List<Fragment> fragments(Transaction transaction, Collection<Long> anchors) {
    return fragments.of(transaction, anchors);
  }

  /// What applications say about one identity now.
  public Map<String, @Nullable Object> sent(Transaction transaction, long anchor) {
    return fragments.of(transaction, List.of(anchor)).stream().filter(fragment -> fragment.source().equals(Event.LIVE))
        .findFirst().map(Fragment::attributes).orElse(Map.of());
  }

  /// Publishes a customer. Nothing is written when nothing changed.
  ///
  /// @param identities their values can be searched for
  public void store(Transaction transaction, Profile profile, Document document, Collection<Identity> identities) {
    var words = Words.of(document, identities);
    var before = profiles.put(transaction, profile, document, words);
    search.replace(transaction, profile.customer().number(), before, words);
  }

  /// Publishes that a customer was seen again, and nothing else is new.
  public void seen(Transaction transaction, Profile before, Profile after) {
    if (!before.firstSeen().equals(after.firstSeen()) || !before.lastSeen().equals(after.lastSeen())) {
      profiles.seen(transaction, after);
    }
  }

  /// What [#profile] tells once this is stored.
  public static Profile shown(Profile profile, Document document) {
    return new Profile(profile.customer(), profile.kind(), profile.known(),
        AttributeJson.readDocument(AttributeJson.write(document)).values(),
        profile.firstSeen().truncatedTo(ChronoUnit.MICROS), profile.lastSeen().truncatedTo(ChronoUnit.MICROS));
  }

  /// The customer as published.
  public Optional<Profile> profile(Transaction transaction, CustomerKey customer) {
    return profiles.find(transaction, customer);
  }

  /// The merged attributes as published.
  public Optional<Document> document(Transaction transaction, CustomerKey customer) {
    return profiles.document(transaction, customer);
  }

  /// Takes a customer out, for example because another absorbed it. Its fragments stay: they belong to identities.
  public void forget(Transaction transaction, CustomerKey customer) {
    profiles.delete(transaction, customer).ifPresent(
        words -> search.replace(transaction, customer.number(), words, Set.of()));
  }

  /// Customers who have every word of the text, or a longer word that starts with it, in an attribute or an identity;
  /// the most recently seen first.
  ///
  /// @param text empty finds everybody
  /// @param cursor the `next` of the page before
  public ProfilePage search(Transaction transaction, String text, Optional<Boolean> known, int limit,
      Optional<String> cursor) {
    return search.page(transaction, text, known, limit, cursor);
  }

  /// Source tables and others that say something about somebody.
  public List<String> fragmentSources(Transaction transaction) {
    return audit.sources(transaction);
  }

  /// Published customers after this one, in the order of their numbers.
  public List<CustomerKey> customersAfter(Transaction transaction, long number, int limit) {
    return audit.after(transaction, number, limit);
  }

  /// Customers after this one as published, in the order of their numbers.
  public List<Profile> profilesAfter(Transaction transaction, long number, int limit) {
    return profiles.after(transaction, number, limit);
  }

  /// These customers as published, by their numbers; those who are not are left out.
  public Map<Long, Profile> profiles(Transaction transaction, Collection<Long> numbers) {
    return profiles.of(transaction, numbers);
  }

  /// Whether anybody has an attribute of that name. Looks at everybody when nobody has, so ask rarely.
  public boolean isAttribute(Transaction transaction, String name) {
    String written = JsonMapper.shared().writeValueAsString(name) + ":";
    return transaction.first("SELECT 1 FROM profile_fragment WHERE attributes LIKE ? LIMIT 1", row -> row.number(1),
        "%" + written + "%").isPresent();
  }

  /// Whether some application sent an attribute of that name.
  public boolean isSent(Transaction transaction, String name) {
    return transaction.first("SELECT 1 FROM profile_fragment WHERE source = ? AND attributes LIKE ? LIMIT 1",
        row -> row.number(1), Event.LIVE, "%" + JsonMapper.shared().writeValueAsString(name) + ":%").isPresent();
  }

  /// Whether every word of the customer can be searched for.
  public boolean isSearchable(Transaction transaction, CustomerKey customer) {
    return search.hasAll(transaction, customer.number(), audit.words(transaction, customer));
  }

  /// Takes out words by which customers are found who are not published, and tells how many there were.
  public int dropLostWords(Transaction transaction) {
    return search.dropLost(transaction);
  }

  /// How many customers there are.
  public ProfileCounts counts(Transaction transaction) {
    return profiles.counts(transaction);
  }
}
