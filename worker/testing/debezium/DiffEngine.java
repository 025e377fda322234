import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.Header;
import io.debezium.engine.format.Json;
import io.debezium.engine.format.KeyValueHeaderChangeEventFormat;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/**
 * Debezium's engine with the configuration that comes on standard input (java.util.Properties), so that no secret stands in the
 * arguments. Prints one line for each record: {"topic", "key", "value", "headers"}; key, value and header values are the texts
 * that the JSON converter made, as strings, so that no digit is lost. Ends with the process; exit code 1 when the engine fails.
 */
public final class DiffEngine {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final PrintStream OUT =
      new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

  public static void main(String[] arguments) throws Exception {
    Properties configuration = new Properties();
    configuration.load(System.in);
    DebeziumEngine<ChangeEvent<String, String>> engine =
        DebeziumEngine.create(KeyValueHeaderChangeEventFormat.of(Json.class, Json.class, Json.class))
            .using(configuration)
            .using((success, message, error) -> {
              if (success) return;
              System.err.println("engine failed: " + message);
              if (error != null) error.printStackTrace();
              Runtime.getRuntime().halt(1);
            })
            .notifying(DiffEngine::print)
            .build();
    engine.run();
  }

  private static void print(ChangeEvent<String, String> event) {
    try {
      ObjectNode line = MAPPER.createObjectNode();
      line.put("topic", event.destination());
      line.put("key", event.key());
      line.put("value", event.value());
      ObjectNode headers = line.putObject("headers");
      for (Header<String> header : event.<String>headers()) headers.put(header.getKey(), header.getValue());
      OUT.println(MAPPER.writeValueAsString(line));
    } catch (Exception error) {
      throw new IllegalStateException(error);
    }
  }
}
