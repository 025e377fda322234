import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.format.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Debezium's engine with the configuration that comes on standard input (java.util.Properties), as a peer in benchmarks. Events are
 * JSON; a batch is marked as processed when all of it is where `bench.sink` says: count (nowhere), kafka (acknowledged by the broker),
 * http (each batch as one JSON array, answered). Prints `done` once `bench.total` events have come. Ends with the process.
 */
public final class BenchEngine {
  private interface Target {
    void take(List<ChangeEvent<String, String>> batch) throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    Properties configuration = new Properties();
    configuration.load(System.in);
    Target target = target(configuration);
    long total = Long.parseLong(configuration.getProperty("bench.total"));
    long[] seen = {0, 0};
    DebeziumEngine<ChangeEvent<String, String>> engine =
        DebeziumEngine.create(Json.class)
            .using(configuration)
            .using((success, message, error) -> {
              if (success) return;
              System.err.println("engine failed: " + message);
              if (error != null) error.printStackTrace();
              Runtime.getRuntime().halt(1);
            })
            .notifying((batch, committer) -> {
              try {
                target.take(batch);
              } catch (Exception error) {
                throw new IllegalStateException(error);
              }
              for (ChangeEvent<String, String> event : batch) {
                if (event.value() != null) seen[1] += event.value().length();
                committer.markProcessed(event);
              }
              committer.markBatchFinished();
              boolean before = seen[0] < total;
              seen[0] += batch.size();
              if (before && seen[0] >= total) System.out.println("done " + seen[0] + " " + seen[1]);
            })
            .build();
    engine.run();
  }

  private static Target target(Properties configuration) {
    switch (configuration.getProperty("bench.sink")) {
      case "kafka":
        return kafka(configuration);
      case "http":
        return http(URI.create(configuration.getProperty("bench.url")));
      default:
        return batch -> {};
    }
  }

  /** The producer's own batching: all of a batch is handed over, then waited for. */
  private static Target kafka(Properties configuration) {
    Properties settings = new Properties();
    for (String name : configuration.stringPropertyNames()) {
      if (name.startsWith("producer.")) settings.setProperty(name.substring("producer.".length()), configuration.getProperty(name));
    }
    KafkaProducer<String, String> producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    String topic = configuration.getProperty("bench.topic");
    return batch -> {
      List<Future<RecordMetadata>> sent = new ArrayList<>(batch.size());
      for (ChangeEvent<String, String> event : batch) sent.add(producer.send(new ProducerRecord<>(topic, event.key(), event.value())));
      producer.flush();
      for (Future<RecordMetadata> one : sent) one.get();
    };
  }

  private static Target http(URI url) {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    return batch -> {
      StringBuilder body = new StringBuilder("[");
      for (ChangeEvent<String, String> event : batch) {
        if (body.length() > 1) body.append(',');
        body.append(event.value());
      }
      HttpRequest request =
          HttpRequest.newBuilder(url)
              .header("content-type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(body.append(']').toString()))
              .build();
      int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      if (status >= 300) throw new IllegalStateException("the receiver answered " + status);
    };
  }
}
