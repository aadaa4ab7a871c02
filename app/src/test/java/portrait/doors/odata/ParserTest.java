package portrait.doors.odata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import portrait.foundation.model.ProblemException;

class ParserTest {

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "a eq 1 or b eq 2 and c eq 3 | (or (eq a 1) (and (eq b 2) (eq c 3)))",
      "not (a eq 1) | (not (eq a 1))",
      "not contains(Name,'x') and b | (and (not (contains Name x)) b)",
      "1 add 2 mul 3 eq 7 | (eq (add 1 (mul 2 3)) 7)",
      "(1 add 2) mul 3 sub 4 | (sub (mul (add 1 2) 3) 4)",
      "-5 lt -Age | (lt -5 (- Age))",
      "Name in ('a', 'b','O''Neil') | (in Name a b O'Neil)",
      "Orders/any(o: o/Total gt 5.5 and o/Lines/all(l: l/Ok)) | (any Orders o (and (gt o/Total 5.5) (all o/Lines l l/Ok)))",
      "Orders/any() | (any Orders )",
      "$it/Portrait.IsMember(SegmentName='x') | (Portrait.IsMember SegmentName=x)",
      "At ge 2026-01-31T10:00:00+01:00 | (ge At 2026-01-31T09:00:00Z)",
      "At ge 2026-01-31T10:00:00 01:00 | (ge At 2026-01-31T09:00:00Z)",
      "At ge 2026-01-31 | (ge At 2026-01-31)",
      "Id eq 01234567-89ab-cdef-0123-456789abcdef | (eq Id 01234567-89ab-cdef-0123-456789abcdef)",
      "At gt now() sub duration'P30D' | (gt At (sub (now) PT720H))",
      "Name EQ 'Milk' AND Not (Price LT +2.55) OR b Eq TRUE | (or (and (eq Name Milk) (not (lt Price 2.55))) (eq b true))",
      "Name in [\"Milk\", \"O\\\"Neil\", 'x', 5] | (in Name Milk O\"Neil x 5)",
      "Name in () or Name in [] | (or (in Name) (in Name))",
      "Orders/ANY(o: o/Total Add 1 gt 5) | (any Orders o (gt (add o/Total 1) 5))",
      "a eq null and b ne true | (and (eq a null) (ne b true))",
      "year(Born)  eq  1990 | (eq (year Born) 1990)"})
  void readsWhatTheGrammarSays(String text, String tree) {
    assertEquals(tree, tree(Parser.expression("$filter", text, 0)));
  }

  private static String tree(Syntax syntax) {
    return switch (syntax) {
      case Syntax.Literal(var value, _) -> String.valueOf(value);
      case Syntax.Path(var names, _) -> String.join("/", names);
      case Syntax.Call(var name, var arguments, _) -> "(%s%s)".formatted(name, arguments.stream().map(
          argument -> " " + argument.name().map(it -> it + "=").orElse("") + tree(argument.value()))
          .collect(Collectors.joining()));
      case Syntax.Not(var of, _) -> "(not %s)".formatted(tree(of));
      case Syntax.Negative(var of, _) -> "(- %s)".formatted(tree(of));
      case Syntax.Binary(var operator, var left, var right, _) ->
        "(%s %s %s)".formatted(operator, tree(left), tree(right));
      case Syntax.In(var of, var values, _) -> "(in %s%s)".formatted(tree(of),
          values.stream().map(value -> " " + tree(value)).collect(Collectors.joining()));
      case Syntax.Lambda(var over, var isAll, var variable, var where, _) -> "(%s %s %s%s)".formatted(
          isAll ? "all" : "any", tree(over), variable, where.map(each -> " " + tree(each)).orElse(""));
    };
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"a eq | 5", "a eq 'b | 6", "a b | 3", "(a eq 1 | 8", "a eq 1) | 7",
      "a in (b) | 7", "a in [b] | 7", "a in ['x') | 10", "a in [\"x] | 7", "a in [\"\\q\"] | 7", "+b | 1", "eq 1 | 4",
      "a eq 1 and | 11", "Orders/any(o o/x) | 14", "a eq datetime'2026' | 6",
      "a eq 2026-02-31 | 6", "a eq 99999999999999999999 | 6", "a,b | 2", "f(a | 4", "a/ | 3"})
  void saysWhereAMistakeStands(String text, int character) {
    var mistake = assertThrows(ProblemException.class, () -> Parser.expression("$filter", text, 0));
    assertEquals(String.valueOf(character), mistake.problem().details().get("position"), mistake.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "not ", "-", "f(", "a/any(x: ", "1 add ", "1 mul ", "a eq "})
  void depthIsBounded(String opening) {
    var mistake = assertThrows(ProblemException.class,
        () -> Parser.expression("$filter", opening.repeat(20_000) + "a", 0));
    assertTrue(mistake.getMessage().contains("more than 50"), mistake.getMessage());
  }

  @Test
  void lengthIsBounded() {
    assertThrows(ProblemException.class,
        () -> Parser.expression("$filter", "a eq 1" + " or a eq 1".repeat(3_000), 0));
    assertThrows(ProblemException.class,
        () -> Parser.expression("$filter", "a in (1" + ",1".repeat(1_000) + ")", 0));
  }
}
