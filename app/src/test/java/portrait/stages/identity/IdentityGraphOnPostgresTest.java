package portrait.stages.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import portrait.foundation.database.DatabaseSettings;
import portrait.foundation.database.TestDatabases;

class IdentityGraphOnPostgresTest extends IdentityGraphContract {

  @Override
  DatabaseSettings settings() {
    return TestDatabases.postgres();
  }

  @Test
  void two_nodes_on_one_store_make_each_customer_once() throws Exception {
    DatabaseSettings shared = settings();
    try (var one = new TestGraph(shared);
        var other = new TestGraph(shared);
        var threads = Executors.newFixedThreadPool(2)) {
      var seen = new ArrayList<Future<?>>();
      for (TestGraph node : List.of(one, other)) {
        seen.add(threads.submit(() -> {
          var random = new Random(node == one ? 1 : 2);
          for (int i = 0; i < 150; i++) {
            int person = random.nextInt(20);
            node.see(1, "user_id:u" + person, "anonymous_id:a" + person);
            node.see(1, "email:e" + person, "anonymous_id:a" + person);
          }
        }));
      }
      for (Future<?> done : seen) {
        done.get();
      }
      Set<String> expected = IntStream.range(0, 20)
          .mapToObj("anonymous_id:a%1$d email:e%1$d user_id:u%1$d"::formatted).collect(Collectors.toSet());
      assertEquals(expected, one.customers());
      assertEquals(20, one.database.read(one.graph::counts).known());
      assertEquals(0, one.database.read(one.graph::counts).unknown());
    }
  }
}
