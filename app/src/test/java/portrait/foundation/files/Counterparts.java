package portrait.foundation.files;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.common.StorageSharedKeyCredential;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import tools.jackson.databind.json.JsonMapper;

/// Real servers for tests of places files lie in, each with one bucket, container or folder `shop`.
public final class Counterparts {

  public static final String BUCKET = "shop";
  /// Who may come in, everywhere.
  public static final String USER = "portrait";
  /// What opens everything; nothing that is told may have it.
  public static final String SECRET = "a-Secret/that+is_Never=shown";

  private static final Path S3PROXY = Path.of("target/counterparts/s3proxy.jar").toAbsolutePath();

  private Counterparts() {}

  /// S3Proxy, which checks signatures and knows conditions and parts.
  public static Counterpart s3(Path folder) {
    assertTrue(Files.exists(S3PROXY), "Maven copies S3Proxy to %s: mvn -pl app process-test-resources".formatted(
        S3PROXY));
    var s3proxy = Counterpart.start(folder, port -> {
      var settings = folder.resolve("s3proxy.conf");
      Files.writeString(settings, """
          s3proxy.endpoint=http://127.0.0.1:%d
          s3proxy.authorization=aws-v2-or-v4
          s3proxy.identity=%s
          s3proxy.credential=%s
          jclouds.provider=transient
          jclouds.identity=any
          jclouds.credential=any
          """.formatted(port, USER, SECRET));
      return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
          "-XX:TieredStopAtLevel=1", "-jar", S3PROXY.toString(), "--properties", settings.toString());
    });
    try (var client = s3Client(s3proxy.port())) {
      client.createBucket(request -> request.bucket(BUCKET));
    }
    return s3proxy;
  }

  static S3Client s3Client(int port) {
    return S3Client.builder().region(Region.US_EAST_1).forcePathStyle(true)
        .endpointOverride(URI.create("http://127.0.0.1:" + port))
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(USER, SECRET))).build();
  }

  /// The key of the storage account.
  public static String azureKey() {
    return Base64.getEncoder().encodeToString(SECRET.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /// Azurite, Microsoft's own stand-in.
  public static Counterpart azure(Path folder) {
    var script = NodeServer.azurite();
    var azurite = Counterpart.start(folder, port -> List.of("node", script.toString(), "--blobHost", "127.0.0.1",
        "--blobPort", String.valueOf(port), "--inMemoryPersistence", "--silent", "--disableTelemetry",
        "--skipApiVersionCheck"), Map.of("AZURITE_ACCOUNTS", USER + ":" + azureKey()));
    azureContainer(azurite.port()).create();
    return azurite;
  }

  /// A broker of Apache Kafka that keeps its own records of the cluster, and asks users for [#SECRET].
  public static Counterpart kafka(Path folder) {
    return Counterpart.start(folder, port -> {
      int controller = Counterpart.freePort();
      var settings = Files.writeString(folder.resolve("kafka.properties"), """
          process.roles=broker,controller
          node.id=1
          controller.quorum.voters=1@127.0.0.1:%2$d
          listeners=SASL_PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
          listener.security.protocol.map=SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
          controller.listener.names=CONTROLLER
          inter.broker.listener.name=SASL_PLAINTEXT
          sasl.enabled.mechanisms=PLAIN
          sasl.mechanism.inter.broker.protocol=PLAIN
          listener.name.sasl_plaintext.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule \
            required username="%3$s" password="%4$s" user_%3$s="%4$s";
          log.dirs=%5$s
          num.partitions=3
          auto.create.topics.enable=false
          message.max.bytes=20000
          offsets.topic.replication.factor=1
          transaction.state.log.replication.factor=1
          transaction.state.log.min.isr=1
          group.initial.rebalance.delay.ms=0
          """.formatted(port, controller, USER, SECRET, folder.resolve("kafka-data")));
      try {
        new Formatter().setNodeId(1).setClusterId(Uuid.randomUuid().toString()).setPrintStream(new PrintStream(
            OutputStream.nullOutputStream())).setControllerListenerName("CONTROLLER")
            .setReleaseVersion(MetadataVersion.latestProduction()).setSupportedFeatures(Feature.PRODUCTION_FEATURES)
            .addDirectory(folder.resolve("kafka-data").toString())
            .setMetadataLogDirectory(folder.resolve("kafka-data").toString()).run();
      } catch (Exception failure) {
        throw new IllegalStateException(failure);
      }
      return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx384m",
          "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), "kafka.Kafka", settings.toString());
    });
  }

  /// How a program of one's own speaks with it.
  public static Properties kafkaSettings(int port) {
    var settings = new Properties();
    settings.put("bootstrap.servers", "127.0.0.1:" + port);
    settings.put("security.protocol", "SASL_PLAINTEXT");
    settings.put("sasl.mechanism", "PLAIN");
    settings.put("sasl.jaas.config", "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" "
        .formatted(USER) + "password=\"%s\";".formatted(SECRET));
    return settings;
  }

  static BlobContainerClient azureContainer(int port) {
    return new BlobServiceClientBuilder().endpoint("http://127.0.0.1:%d/%s".formatted(port, USER))
        .credential(new StorageSharedKeyCredential(USER, azureKey())).buildClient().getBlobContainerClient(BUCKET);
  }

  public static KeyPair keyPair() {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /// The key file of a Google service account.
  public static String serviceAccount(KeyPair key, int tokenPort) {
    String pem = "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(key.getPrivate().getEncoded()) + "\n-----END PRIVATE KEY-----\n";
    return JsonMapper.shared().writeValueAsString(Map.of("type", "service_account", "project_id", "shop",
        "private_key_id", SECRET, "private_key", pem, "client_email", "portrait@shop.iam.gserviceaccount.com",
        "client_id", "1", "token_uri", "http://127.0.0.1:%d/token".formatted(tokenPort)));
  }

  public static String fingerprint(KeyPair key) {
    return KeyUtils.getFingerPrint(BuiltinDigests.sha256, key.getPublic());
  }

  /// The server of Apache MINA SSHD, with one account that a password or a key opens.
  public static SshServer sftp(Path folder, KeyPair hostKey, KeyPair userKey) {
    var server = SshServer.setUpDefaultServer();
    server.setHost("127.0.0.1");
    server.setPort(0);
    server.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
    server.setFileSystemFactory(new VirtualFileSystemFactory(folder));
    server.setSubsystemFactories(List.of(new SftpSubsystemFactory.Builder().build()));
    server.setPasswordAuthenticator((user, password, _) -> user.equals(USER) && password.equals(SECRET));
    server.setPublickeyAuthenticator((user, given, _) -> user.equals(USER)
        && KeyUtils.compareKeys(given, userKey.getPublic()));
    try {
      server.start();
      return server;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
