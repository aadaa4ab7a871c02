package portrait.foundation.files;

import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.client.http.HttpResponseException;
import com.google.api.gax.retrying.RetrySettings;
import com.google.auth.Retryable;
import com.google.auth.oauth2.ServiceAccountCredentials;
import com.google.cloud.BaseServiceException;
import com.google.cloud.http.HttpTransportOptions;
import com.google.cloud.storage.BlobId;
import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.BlobWriteSession;
import com.google.cloud.storage.BlobWriteSessionConfigs;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.Storage.BlobListOption;
import com.google.cloud.storage.Storage.BlobTargetOption;
import com.google.cloud.storage.Storage.BlobWriteOption;
import com.google.cloud.storage.StorageException;
import com.google.cloud.storage.StorageOptions;
import com.google.cloud.storage.StorageRetryStrategy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// Objects of a bucket, over HTTP and JSON. A resumable upload is unseen until its last byte.
final class GoogleStore implements FileStore {

  private static final int CHUNK_BYTES = 8 << 20;
  /// Files up to this size are sent in one request.
  private static final int WHOLE_BYTES = 1 << 20;
  private static final String UPLOAD = "portrait-upload";
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration CALL = Duration.ofSeconds(120);
  private static final int TRIES = 5;

  private final Place.GoogleCloudStorage place;
  private final Storage storage;

  GoogleStore(Place.GoogleCloudStorage place) {
    this.place = place;
    var options = StorageOptions.http().setCredentials(credentials(place))
        .setTransportOptions(HttpTransportOptions.newBuilder().setConnectTimeout((int) CONNECT.toMillis())
            .setReadTimeout((int) CALL.toMillis()).build())
        .setRetrySettings(RetrySettings.newBuilder().setMaxAttempts(TRIES)
            .setInitialRetryDelayDuration(Duration.ofMillis(200)).setRetryDelayMultiplier(2)
            .setMaxRetryDelayDuration(Duration.ofSeconds(10)).setTotalTimeoutDuration(CALL).build())
        // Writing the same bytes twice under one name is the same as once.
        .setStorageRetryStrategy(StorageRetryStrategy.getUniformStorageRetryStrategy())
        .setBlobWriteSessionConfig(BlobWriteSessionConfigs.getDefault().withChunkSize(CHUNK_BYTES));
    place.endpoint().ifPresent(endpoint -> options.setHost(endpoint.toString()));
    this.storage = options.build().getService();
  }

  private static ServiceAccountCredentials credentials(Place.GoogleCloudStorage place) {
    try {
      return ServiceAccountCredentials.fromStream(
          new ByteArrayInputStream(place.serviceAccount().reveal().getBytes(StandardCharsets.UTF_8)));
    } catch (IOException | RuntimeException failure) {
      // The failure stays out of the chain: it may quote the key.
      throw Problem.of(Problem.Code.INVALID_SETTING,
          "the key of the service account cannot be read: %s".formatted(failure.getClass().getSimpleName()),
          "Paste the whole JSON file that Google made with the key.").asException();
    }
  }

  @Override
  public void list(String prefix, Consumer<StoredFile> use) {
    String before = Names.prefix(place.folder());
    asked("listing files", Trouble.NO_BUCKET, () -> {
      storage.list(place.bucket(), BlobListOption.prefix(before + prefix)).iterateAll()
          .forEach(blob -> use.accept(file(blob, blob.getName().substring(before.length()))));
      return true;
    });
  }

  @Override
  public Optional<StoredFile> find(String name) {
    return asked("looking at " + name, Trouble.ABSENT,
        () -> Optional.ofNullable(storage.get(id(name))).map(blob -> file(blob, name)));
  }

  private static StoredFile file(BlobInfo blob, String name) {
    return new StoredFile(name, blob.getSize(), blob.getUpdateTimeOffsetDateTime().toInstant(),
        String.valueOf(blob.getGeneration()));
  }

  @Override
  public InputStream read(String name) {
    return asked("reading " + name, Trouble.ABSENT, () -> {
      var blob = storage.get(id(name));
      if (blob == null) {
        throw Trouble.ABSENT.answered(place.address(), "reading " + name, "");
      }
      // Of that very generation: a file that is replaced meanwhile must not give half of each.
      return new Download(Channels.newInputStream(storage.reader(blob.getBlobId())), name, blob.getSize(),
          this::problem);
    });
  }

  @Override
  public Upload create(String name, Existing existing) {
    return new Upload(name, new Parts(name, existing));
  }

  @Override
  public void delete(String name) {
    asked("deleting " + name, Trouble.ABSENT, () -> storage.delete(id(name)));
  }

  @Override
  public void verifyReading() {
    asked("listing files", Trouble.NO_BUCKET, () -> storage.list(place.bucket(),
        BlobListOption.prefix(Names.prefix(place.folder())), BlobListOption.pageSize(1)).getValues().iterator()
        .hasNext());
  }

  @Override
  public void close() {
    try {
      storage.close();
    } catch (Exception failure) {
      throw problem("closing", failure);
    }
  }

  private BlobId id(String name) {
    return BlobId.of(place.bucket(), Names.below(place.folder(), Names.checked(name)));
  }

  private interface Call<T> {
    T run() throws IOException;
  }

  /// @param notFound what an answer 404 means here
  private <T> T asked(String doing, Trouble notFound, Call<T> call) {
    try {
      return call.run();
    } catch (StorageException failure) {
      throw failure.getCode() == 404
          ? notFound.answered(place.address(), doing, "status 404")
          : problem(doing, failure);
    } catch (IOException | BaseServiceException failure) {
      if (failure.getCause() instanceof StorageException answered && answered.getCode() == 404) {
        throw notFound.answered(place.address(), doing, "status 404");
      }
      throw problem(doing, failure);
    }
  }

  private ProblemException problem(String doing, Exception failure) {
    Optional<StorageException> answer = Optional.empty();
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof StorageException storageAnswer) {
        answer = answer.or(() -> Optional.of(storageAnswer));
      }
    }
    var tokenRefused = tokenRefused(failure);
    if (tokenRefused.isPresent()) {
      int status = tokenRefused.get().getStatusCode();
      var trouble = status >= 500 || status == 429 ? Trouble.ofStatus(status)
          : Trouble.isSkewed(tokenRefused.get().getHeaders().getDate()) ? Trouble.CLOCK : Trouble.WRONG_KEY;
      return trouble.answered(place.address(), doing, "token, status " + status);
    }
    int status = answer.map(StorageException::getCode).orElse(0);
    if (status >= 400) {
      String reason = answer.map(StorageException::getReason).map(text -> text + ", ").orElse("");
      return trouble(reason, status).answered(place.address(), doing, reason + "status " + status);
    }
    return Trouble.ofNetwork(failure).orElse(Trouble.CUT).happened(place.address(), doing, failure);
  }

  /// What the one who hands out tokens answered, if that is what failed.
  private static Optional<HttpResponseException> tokenRefused(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof Retryable && each.getCause() instanceof HttpResponseException answered
          && !(answered instanceof GoogleJsonResponseException)) {
        return Optional.of(answered);
      }
    }
    return Optional.empty();
  }

  private static Trouble trouble(String reason, int status) {
    return status == 403 && reason.toLowerCase(java.util.Locale.ROOT).contains("ratelimit") ? Trouble.BUSY
        : Trouble.ofStatus(status);
  }

  private final class Parts implements Upload.Parts {

    private final String name;
    private final BlobInfo info;
    private final Existing existing;
    private final String own = UUID.randomUUID().toString();
    private final CRC32C checksum = new CRC32C();
    private @Nullable BlobWriteSession session;
    private @Nullable WritableByteChannel channel;

    Parts(String name, Existing existing) {
      this.name = name;
      this.info = BlobInfo.newBuilder(id(name)).setMetadata(Map.of(UPLOAD, own)).build();
      this.existing = existing;
    }

    @Override
    public int partBytes() {
      return WHOLE_BYTES;
    }

    /// A session is asked for with the first chunk only.
    @Override
    public void begin() {
      for (int sent = 0; sent <= CHUNK_BYTES; sent += WHOLE_BYTES) {
        add(new byte[WHOLE_BYTES], WHOLE_BYTES);
      }
    }

    @Override
    public void add(byte[] part, int length) {
      asked("writing " + name, Trouble.NO_BUCKET, () -> {
        send(part, length);
        return true;
      });
    }

    private WritableByteChannel send(byte[] part, int length) throws IOException {
      var out = channel;
      if (out == null) {
        var begun = storage.blobWriteSession(info, existing == Existing.KEEP
            ? new BlobWriteOption[]{BlobWriteOption.doesNotExist()}
            : new BlobWriteOption[0]);
        session = begun;
        out = begun.open();
        channel = out;
      }
      checksum.update(part, 0, length);
      for (var bytes = ByteBuffer.wrap(part, 0, length); bytes.hasRemaining();) {
        out.write(bytes);
      }
      return out;
    }

    @Override
    public void finish(byte[] rest, int length) {
      asked("writing " + name, Trouble.NO_BUCKET, () -> {
        try {
          if (channel == null) {
            storage.create(info, rest, 0, length, existing == Existing.KEEP
                ? new BlobTargetOption[]{BlobTargetOption.doesNotExist()}
                : new BlobTargetOption[0]);
          } else {
            send(rest, length).close();
            checkArrived();
          }
        } catch (StorageException refused) {
          // A call that was sent again after its answer got lost meets its own object.
          if (refused.getCode() != 412 || !isOurs()) {
            throw refused;
          }
        }
        return true;
      });
    }

    /// The service says what it holds; bytes that changed on the way must not stay.
    private void checkArrived() throws IOException {
      if (session == null) {
        return;
      }
      try {
        var stored = session.getResult().get(CALL.toSeconds(), TimeUnit.SECONDS);
        var ours = Base64.getEncoder().encodeToString(ByteBuffer.allocate(4).putInt((int) checksum.getValue()).array());
        if (stored.getCrc32c() != null && !stored.getCrc32c().equals(ours)) {
          storage.delete(stored.getBlobId());
          throw new IOException("what arrived is not what was sent");
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted");
      } catch (ExecutionException | TimeoutException failure) {
        throw new IOException(failure);
      }
    }

    private boolean isOurs() {
      var there = storage.get(info.getBlobId());
      return there != null && there.getMetadata() != null && own.equals(there.getMetadata().get(UPLOAD));
    }

    @Override
    public void giveUp() {
      // Closing the channel would publish the file. An upload that never ends is unseen, and gone after a week.
    }
  }
}
