package portrait.stages.enrichments.providers;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.connections.Setting;
import portrait.foundation.definitions.Definitions;

/// Phone numbers in the international form of E.164, told by the numbering plans of all countries. Nobody is asked:
/// everything stays in this installation.
public final class PhoneNumbers implements Provider<Provider.NoAccount, PhoneNumbers.Home> {

  private static final int QUESTIONS_MAX = 1_000;
  private static final Map<String, Object> NO_NUMBER = Map.of("valid", false);
  private static final List<Locale> LANGUAGES = Stream.of("en", "de", "fr", "es", "it", "nl", "pt").map(Locale::of)
      .toList();
  private static final String PHONE = "phone";
  private static final String COUNTRY = "country";
  private static final Form<NoAccount> NONE = Form.of(NoAccount.class);
  private static final Form<Home> FORM = Form.of(Home.class);

  /// Read when the first number is asked about: a start need not wait for the numbering plans of the world.
  private static final class Plans {

    private static final PhoneNumberUtil NUMBERS = PhoneNumberUtil.getInstance();
    /** Codes of two letters by themselves, those of three, and names in the languages that people write here. */
    private static final Map<String, String> CODES = codes();

    private static Map<String, String> codes() {
      var codes = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
      NUMBERS.getSupportedRegions().forEach(code -> codes.put(code, code));
      for (String code : Locale.getISOCountries()) {
        var country = Locale.of("", code);
        Stream.concat(Stream.of(country.getISO3Country()), LANGUAGES.stream().map(country::getDisplayCountry))
            .forEach(name -> codes.putIfAbsent(name, code));
      }
      return codes;
    }
  }

  /// What an enrichment needs.
  public record Home(
      @Setting(title = "Country", help = "Where numbers without a country code belong, as a code of two letters. The input country of a customer counts before it.", example = "FR") Optional<String> country) {}

  @Override
  public Connector<NoAccount> connector() {
    return new Connector<>("phone", "Phone numbers",
        "Brings phone numbers into international form, and tells which cannot be Plans.NUMBERS.", NONE);
  }

  @Override
  public boolean needsConnection() {
    return false;
  }

  @Override
  public Category category() {
    return Category.CONTACTS;
  }

  @Override
  public Form<Home> target() {
    return FORM;
  }

  @Override
  public List<Input> inputs() {
    return List.of(
        new Input(PHONE, "Phone number", "As it was typed.", true, List.of("phone", "mobile", "telephone")),
        new Input(COUNTRY, "Country", "Where the customer lives: a code or a name.", false,
            List.of("country", "country_code")));
  }

  @Override
  public List<Output> outputs() {
    return List.of(new Output("e164", "International number (E.164)", "phone_e164"),
        new Output("international", "International number, for reading", "phone_international"),
        new Output("country", "Country of the number", "phone_country"),
        new Output("type", "Kind of number", "phone_type"),
        new Output("valid", "Whether it is a number", "phone_valid"));
  }

  @Override
  public List<String> mistakes(Home target, Definitions others) {
    return target.country()
        .filter(country -> !Plans.NUMBERS.getSupportedRegions().contains(country.toUpperCase(Locale.ROOT)))
        .map(country -> "settings.country was '%s' but must be a code of two letters, such as FR".formatted(country))
        .stream().collect(Collectors.toList());
  }

  @Override
  public String verify(NoAccount account) {
    return "nothing leaves this installation";
  }

  @Override
  public Asking open(NoAccount account, Home target, Set<String> inputs, String output) {
    return new Parsing(target.country().map(country -> country.toUpperCase(Locale.ROOT)));
  }

  private static final class Parsing implements Asking {

    private final Optional<String> home;

    Parsing(Optional<String> home) {
      this.home = home;
    }

    @Override
    public int questionsMax() {
      return QUESTIONS_MAX;
    }

    @Override
    public Reply ask(List<Question> questions) {
      return new Reply.Answered(questions.stream().map(this::answer).toList());
    }

    private Answer answer(Question question) {
      String country = question.values().getOrDefault(COUNTRY, "").strip();
      String region = Optional.ofNullable(Plans.CODES.get(country)).or(() -> home).orElse("ZZ");
      try {
        var number = Plans.NUMBERS.parse(question.values().getOrDefault(PHONE, ""), region);
        return new Answer.Found(Plans.NUMBERS.isValidNumber(number) ? said(number)::get : NO_NUMBER::get);
      } catch (NumberParseException _) {
        return new Answer.Found(NO_NUMBER::get);
      }
    }

    @Override
    public void close() {}
  }

  private static Map<String, Object> said(PhoneNumber number) {
    String region = Plans.NUMBERS.getRegionCodeForNumber(number);
    var said = new TreeMap<String, Object>(Map.of("valid", true,
        "e164", Plans.NUMBERS.format(number, PhoneNumberFormat.E164),
        "international", Plans.NUMBERS.format(number, PhoneNumberFormat.INTERNATIONAL),
        "type", Plans.NUMBERS.getNumberType(number).name().toLowerCase(Locale.ROOT)));
    // Numbers of no country, such as +800, have none.
    if (isCountry(region)) {
      said.put("country", region);
    }
    return said;
  }

  private static boolean isCountry(@Nullable String region) {
    return region != null && region.matches("[A-Z]{2}");
  }
}
