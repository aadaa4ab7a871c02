package portrait.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// S3Proxy in front of a folder of this machine: a store with the interface of Amazon S3, as a process of its own, so
/// that its work is not counted as ours. The build lays its jar beside the tests, which speak with the same.
record ObjectStore(Process process, int port) implements AutoCloseable {

  static final String BUCKET = "bench";
  static final String USER = "portrait";
  static final String SECRET = "bench-secret";

  private static final String JAR = "app/target/counterparts/s3proxy.jar";
  private static final long READY_SECONDS = 60;

  /// @param folder an empty one, for what is stored and the log
  static ObjectStore start(Path launcher, Path folder) throws IOException, InterruptedException {
    var jar = launcher.resolveSibling(JAR);
    Files.createDirectories(folder.resolve("stored").resolve(BUCKET));
    int port = freePort();
    var settings = Files.writeString(folder.resolve("s3proxy.conf"), """
        s3proxy.endpoint=http://127.0.0.1:%d
        s3proxy.authorization=aws-v2-or-v4
        s3proxy.identity=%s
        s3proxy.credential=%s
        jclouds.provider=filesystem
        jclouds.filesystem.basedir=%s
        """.formatted(port, USER, SECRET, folder.resolve("stored")));
    var log = folder.resolve("s3proxy.log");
    var process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
        "-jar", jar.toString(), "--properties", settings.toString()).redirectErrorStream(true)
        .redirectOutput(log.toFile()).start();
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
    while (!answers(port)) {
      if (process.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > until) {
        process.destroyForcibly();
        throw new IllegalStateException("S3Proxy does not answer: " + Files.readString(log));
      }
    }
    return new ObjectStore(process, port);
  }

  private static int freePort() throws IOException {
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static boolean answers(int port) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException _) {
      return false;
    }
  }

  String address() {
    return "http://127.0.0.1:" + port;
  }

  List<String> settings() {
    return List.of("bucket: " + BUCKET, "region: us-east-1", "access_key_id: " + USER, "endpoint: \"%s\"".formatted(
        address()), "secret_access_key: { secret: s3.secret_access_key }");
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
