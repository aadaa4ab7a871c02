package portrait.foundation.files;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Objects of a bucket. S3 shows an object only when its upload is complete, so nothing is renamed or copied.
///
/// The client is the one on Apache HttpClient 5: with the one on `URLConnection`, a retry after a dropped connection met
/// its own object and reported that somebody else had written it.
final class S3Store implements FileStore {

  /// S3 takes at least 5 MiB for a part and at most 10,000 parts: files of up to 160 GB.
  private static final int PART_BYTES = 16 << 20;
  private static final int PARTS_MAX = 10_000;
  private static final String UPLOAD = "portrait-upload";
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final Duration CALL = Duration.ofSeconds(120);

  private final Place.S3 place;
  private final S3Client client;

  S3Store(Place.S3 place) {
    this.place = place;
    String secret = place.secretAccessKey().reveal();
    var credentials = place.sessionToken().isPresent()
        ? AwsSessionCredentials.create(place.accessKeyId(), secret, place.sessionToken().get().reveal())
        : AwsBasicCredentials.create(place.accessKeyId(), secret);
    var builder = S3Client.builder().region(Region.of(place.region()))
        .credentialsProvider(StaticCredentialsProvider.create(credentials))
        .httpClientBuilder(Apache5HttpClient.builder().connectionTimeout(CONNECT).socketTimeout(ANSWER))
        // What somebody keeps in ~/.aws must not change where a customer's data goes.
        .overrideConfiguration(override -> override.apiCallAttemptTimeout(CALL)
            .defaultProfileFile(ProfileFile.aggregator().build()));
    // Compatible stores often do not know the checksums that follow a body.
    place.endpoint().ifPresent(endpoint -> builder.endpointOverride(endpoint).forcePathStyle(true)
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED));
    this.client = builder.build();
  }

  @Override
  public void list(String prefix, Consumer<StoredFile> use) {
    String before = Names.prefix(place.folder());
    asked("listing files", () -> {
      client.listObjectsV2Paginator(request -> request.bucket(place.bucket()).prefix(before + prefix)).contents()
          .forEach(object -> use.accept(new StoredFile(object.key().substring(before.length()), object.size(),
              object.lastModified(), object.eTag())));
      return true;
    });
  }

  @Override
  public Optional<StoredFile> find(String name) {
    return asked("looking at " + name, () -> {
      try {
        var found = client.headObject(request -> request.bucket(place.bucket()).key(key(name)));
        return Optional.of(new StoredFile(name, found.contentLength(), found.lastModified(), found.eTag()));
      } catch (NoSuchKeyException _) {
        return Optional.empty();
      }
    });
  }

  @Override
  public InputStream read(String name) {
    return asked("reading " + name, () -> {
      var stream = client.getObject(request -> request.bucket(place.bucket()).key(key(name)));
      return new Download(stream, name, stream.response().contentLength(), this::problem);
    });
  }

  @Override
  public Upload create(String name, Existing existing) {
    return new Upload(name, new Parts(name, key(name), existing));
  }

  @Override
  public void delete(String name) {
    asked("deleting " + name, () -> client.deleteObject(request -> request.bucket(place.bucket()).key(key(name))));
  }

  @Override
  public void verifyReading() {
    asked("listing files", () -> client.listObjectsV2(request -> request.bucket(place.bucket())
        .prefix(Names.prefix(place.folder())).maxKeys(1)));
  }

  @Override
  public void close() {
    client.close();
  }

  private String key(String name) {
    return Names.below(place.folder(), Names.checked(name));
  }

  private <T> T asked(String doing, Supplier<T> call) {
    try {
      return call.get();
    } catch (SdkException failure) {
      throw problem(doing, failure);
    }
  }

  private ProblemException problem(String doing, Exception failure) {
    if (failure instanceof AwsServiceException answered && answered.awsErrorDetails() != null) {
      String code = String.valueOf(answered.awsErrorDetails().errorCode());
      return trouble(code, answered.statusCode()).answered(place.address(), doing,
          code + ", status " + answered.statusCode());
    }
    if (failure instanceof AwsServiceException answered) {
      return Trouble.ofStatus(answered.statusCode()).answered(place.address(), doing,
          "status " + answered.statusCode());
    }
    return Trouble.ofNetwork(failure).orElse(Trouble.CUT).happened(place.address(), doing, failure);
  }

  private static Trouble trouble(String code, int status) {
    return switch (code) {
      case "NoSuchBucket" -> Trouble.NO_BUCKET;
      case "NoSuchKey" -> Trouble.ABSENT;
      case "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed",
          "IllegalLocationConstraintException" ->
        Trouble.WRONG_REGION;
      case "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken" -> Trouble.WRONG_KEY;
      case "ExpiredToken", "TokenRefreshRequired" -> Trouble.EXPIRED;
      case "RequestTimeTooSkewed" -> Trouble.CLOCK;
      case "AccessDenied", "AllAccessDisabled", "AccountProblem" -> Trouble.NOT_PERMITTED;
      case "SlowDown", "ServiceUnavailable", "ConditionalRequestConflict", "OperationAborted" -> Trouble.BUSY;
      case "RequestTimeout" -> Trouble.TIMEOUT;
      case "QuotaExceeded", "StorageFull", "XMinioStorageFull" -> Trouble.FULL;
      default -> Trouble.ofStatus(status);
    };
  }

  private final class Parts implements Upload.Parts {

    private final String name;
    private final String key;
    private final Existing existing;
    private final String own = UUID.randomUUID().toString();
    private final List<CompletedPart> sent = new ArrayList<>();
    private @Nullable String uploadId;

    Parts(String name, String key, Existing existing) {
      this.name = name;
      this.key = key;
      this.existing = existing;
    }

    @Override
    public int partBytes() {
      return PART_BYTES;
    }

    @Override
    public void begin() {
      asked("writing " + name, this::uploadId);
    }

    private String uploadId() {
      String id = uploadId;
      if (id == null) {
        id = client.createMultipartUpload(request -> request.bucket(place.bucket()).key(key)
            .metadata(Map.of(UPLOAD, own))).uploadId();
        uploadId = id;
      }
      return id;
    }

    @Override
    public void add(byte[] part, int length) {
      if (sent.size() == PARTS_MAX) {
        throw Problem.of(Problem.Code.TOO_LARGE, "%s has more than %d parts of %d bytes".formatted(name, PARTS_MAX,
            PART_BYTES), "Write fewer rows to a file.").asException();
      }
      sent.add(asked("writing " + name, () -> {
        String id = uploadId();
        int number = sent.size() + 1;
        String tag = client.uploadPart(request -> request.bucket(place.bucket()).key(key).uploadId(id)
            .partNumber(number), body(part, length)).eTag();
        return CompletedPart.builder().partNumber(number).eTag(tag).build();
      }));
    }

    @Override
    public void finish(byte[] rest, int length) {
      if (uploadId == null) {
        unlessOurs(() -> client.putObject(whole(), body(rest, length)));
        return;
      }
      add(rest, length);
      unlessOurs(() -> client.completeMultipartUpload(request -> {
        request.bucket(place.bucket()).key(key).uploadId(uploadId).multipartUpload(all -> all.parts(sent));
        if (existing == Existing.KEEP) {
          request.ifNoneMatch("*");
        }
      }));
      uploadId = null;
    }

    private PutObjectRequest whole() {
      var request = PutObjectRequest.builder().bucket(place.bucket()).key(key).metadata(Map.of(UPLOAD, own));
      return (existing == Existing.KEEP ? request.ifNoneMatch("*") : request).build();
    }

    /// A call that was sent again after its answer got lost meets its own object.
    private <T> void unlessOurs(Supplier<T> call) {
      asked("writing " + name, () -> {
        try {
          return Optional.of(call.get());
        } catch (S3Exception refused) {
          if (refused.statusCode() != 412 || !isOurs()) {
            throw refused;
          }
          return Optional.empty();
        }
      });
    }

    private boolean isOurs() {
      return own.equals(client.headObject(request -> request.bucket(place.bucket()).key(key)).metadata().get(UPLOAD));
    }

    /// Read from the array itself: it is not touched until the call has ended.
    private static RequestBody body(byte[] part, int length) {
      return RequestBody.fromRemainingByteBuffer(ByteBuffer.wrap(part, 0, length));
    }

    @Override
    public void giveUp() {
      if (uploadId != null) {
        asked("giving up " + name, () -> client.abortMultipartUpload(request -> request.bucket(place.bucket()).key(key)
            .uploadId(uploadId)));
      }
    }
  }
}
