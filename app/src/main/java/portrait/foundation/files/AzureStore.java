package portrait.foundation.files;

import com.azure.core.exception.AzureException;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.blob.options.BlockBlobCommitBlockListOptions;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import com.azure.storage.blob.options.BlockBlobStageBlockOptions;
import com.azure.storage.blob.specialized.BlockBlobClient;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import reactor.core.Exceptions;

/// Blobs of a container. Blocks are unseen until their list is committed; those that never are go after a week.
final class AzureStore implements FileStore {

  private static final int PART_BYTES = 8 << 20;
  private static final String UPLOAD = "portraitupload";
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration CALL = Duration.ofSeconds(120);
  private static final int TRIES = 4;

  private final Place.AzureBlob place;
  private final BlobContainerClient container;

  AzureStore(Place.AzureBlob place) {
    this.place = place;
    var builder = new BlobServiceClientBuilder()
        .endpoint(place.endpoint().map(Object::toString)
            .orElse("https://%s.blob.core.windows.net".formatted(place.account())))
        .httpClient(new JdkHttpClientBuilder().connectionTimeout(CONNECT).build())
        .retryOptions(new RequestRetryOptions(RetryPolicyType.EXPONENTIAL, TRIES, CALL, Duration.ofMillis(200),
            Duration.ofSeconds(10), null));
    try {
      var account = switch (place.key()) {
        case Place.AzureKey.Shared(var key) -> builder.credential(
            new StorageSharedKeyCredential(place.account(), checked(key.reveal())));
        case Place.AzureKey.Signature(var token) -> builder.sasToken(token.reveal().strip().replaceFirst("^\\?", ""));
      };
      this.container = account.buildClient().getBlobContainerClient(place.container());
    } catch (IllegalArgumentException failure) {
      throw new ProblemException(Problem.of(Problem.Code.INVALID_SETTING,
          "the key of the storage account %s cannot be read".formatted(place.account()),
          "Copy it whole from the page Access keys of the account."), failure);
    }
  }

  private static String checked(String key) {
    var bytes = Base64.getDecoder().decode(key.strip());
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Override
  public void list(String prefix, Consumer<StoredFile> use) {
    String before = Names.prefix(place.folder());
    asked("listing files", true, () -> {
      container.listBlobs(new ListBlobsOptions().setPrefix(before + prefix), null).forEach(blob -> {
        var about = blob.getProperties();
        use.accept(new StoredFile(blob.getName().substring(before.length()), about.getContentLength(),
            about.getLastModified().toInstant(), about.getETag()));
      });
      return true;
    });
  }

  @Override
  public Optional<StoredFile> find(String name) {
    return asked("looking at " + name, false, () -> {
      try {
        var about = blob(name).getProperties();
        return Optional.of(new StoredFile(name, about.getBlobSize(), about.getLastModified().toInstant(),
            about.getETag()));
      } catch (BlobStorageException failure) {
        if (failure.getStatusCode() == 404) {
          return Optional.empty();
        }
        throw failure;
      }
    });
  }

  @Override
  public InputStream read(String name) {
    return asked("reading " + name, false, () -> {
      var stream = blob(name).openInputStream();
      return new Download(stream, name, stream.getProperties().getBlobSize(), this::problem);
    });
  }

  @Override
  public Upload create(String name, Existing existing) {
    return new Upload(name, new Parts(name, blob(name), existing));
  }

  @Override
  public void delete(String name) {
    asked("deleting " + name, false, () -> blob(name).deleteIfExists());
  }

  @Override
  public void verifyReading() {
    asked("listing files", true, () -> container.listBlobs(
        new ListBlobsOptions().setPrefix(Names.prefix(place.folder())).setMaxResultsPerPage(1), null).iterator()
        .hasNext());
  }

  @Override
  public void close() {}

  private BlockBlobClient blob(String name) {
    return container.getBlobClient(Names.below(place.folder(), Names.checked(name))).getBlockBlobClient();
  }

  private <T> T asked(String doing, boolean ofContainer, Supplier<T> call) {
    try {
      return call.get();
    } catch (BlobStorageException failure) {
      throw ofContainer && failure.getStatusCode() == 404
          ? Trouble.NO_BUCKET.answered(place.address(), doing, said(failure))
          : problem(doing, failure);
    } catch (AzureException | UncheckedIOException | IllegalStateException failure) {
      throw problem(doing, failure);
    } catch (RuntimeException failure) {
      // The library waits for reactive streams, which wrap what is checked.
      if (Exceptions.unwrap(failure) == failure) {
        throw failure;
      }
      throw problem(doing, failure);
    }
  }

  private static String said(BlobStorageException failure) {
    return "%s, status %d".formatted(failure.getErrorCode(), failure.getStatusCode());
  }

  private ProblemException problem(String doing, Exception failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof BlobStorageException answered) {
        return trouble(answered).answered(place.address(), doing, said(answered));
      }
    }
    return Trouble.ofNetwork(failure).orElse(Trouble.CUT).happened(place.address(), doing, failure);
  }

  private Trouble trouble(BlobStorageException answered) {
    var trouble = switch (String.valueOf(answered.getErrorCode())) {
      case "ContainerNotFound", "ContainerBeingDeleted" -> Trouble.NO_BUCKET;
      case "BlobNotFound" -> Trouble.ABSENT;
      case "AuthenticationFailed", "InvalidAuthenticationInfo", "NoAuthenticationInformation" -> Trouble.WRONG_KEY;
      case "BlobAlreadyExists", "ConditionNotMet" -> Trouble.EXISTS;
      case "ServerBusy" -> Trouble.BUSY;
      case "OperationTimedOut" -> Trouble.TIMEOUT;
      case "MemoryExtentStoreAtSizeLimit" -> Trouble.FULL;
      default -> Trouble.ofStatus(answered.getStatusCode());
    };
    boolean isRefused = trouble == Trouble.WRONG_KEY || trouble == Trouble.NOT_PERMITTED;
    if (isRefused && isExpired()) {
      return Trouble.EXPIRED;
    }
    var date = answered.getResponse() == null ? null : answered.getResponse().getHeaderValue(HttpHeaderName.DATE);
    return isRefused && Trouble.isSkewed(date) ? Trouble.CLOCK : trouble;
  }

  /// A signature says itself until when it holds; the answer does not say that this is why it is refused.
  private boolean isExpired() {
    return switch (place.key()) {
      case Place.AzureKey.Shared _ -> false;
      case Place.AzureKey.Signature(var token) -> expiry(token.reveal()).filter(Instant.now()::isAfter).isPresent();
    };
  }

  private static Optional<Instant> expiry(String token) {
    for (String part : token.strip().replaceFirst("^\\?", "").split("&")) {
      if (part.startsWith("se=")) {
        try {
          return Optional.of(OffsetDateTime.parse(URLDecoder.decode(part.substring(3), StandardCharsets.UTF_8))
              .toInstant());
        } catch (DateTimeParseException _) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private final class Parts implements Upload.Parts {

    private final String name;
    private final BlockBlobClient blob;
    private final Existing existing;
    private final String own = UUID.randomUUID().toString();
    private final List<String> blocks = new ArrayList<>();

    Parts(String name, BlockBlobClient blob, Existing existing) {
      this.name = name;
      this.blob = blob;
      this.existing = existing;
    }

    @Override
    public int partBytes() {
      return PART_BYTES;
    }

    @Override
    public void add(byte[] part, int length) {
      // All names of blocks must have the same length. Those of another upload of this blob are told apart by `own`.
      String block = Base64.getEncoder().encodeToString("%s-%06d".formatted(own, blocks.size()).getBytes(
          StandardCharsets.US_ASCII));
      asked("writing " + name, true, () -> blob.stageBlockWithResponse(
          new BlockBlobStageBlockOptions(block, body(part, length)).setContentMd5(md5(part, length)), CALL,
          Context.NONE));
      blocks.add(block);
    }

    @Override
    public void finish(byte[] rest, int length) {
      var conditions = new BlobRequestConditions();
      if (existing == Existing.KEEP) {
        conditions.setIfNoneMatch("*");
      }
      var metadata = Map.of(UPLOAD, own);
      if (blocks.isEmpty()) {
        unlessOurs(() -> blob.uploadWithResponse(new BlockBlobSimpleUploadOptions(body(rest, length))
            .setContentMd5(md5(rest, length)).setMetadata(metadata).setRequestConditions(conditions), CALL,
            Context.NONE));
        return;
      }
      if (length > 0) {
        add(rest, length);
      }
      unlessOurs(() -> blob.commitBlockListWithResponse(new BlockBlobCommitBlockListOptions(blocks)
          .setMetadata(metadata).setRequestConditions(conditions), CALL, Context.NONE));
    }

    /// A call that was sent again after its answer got lost meets its own blob.
    private <T> void unlessOurs(Supplier<T> call) {
      asked("writing " + name, true, () -> {
        try {
          return Optional.of(call.get());
        } catch (BlobStorageException refused) {
          boolean exists = refused.getStatusCode() == 409 || refused.getStatusCode() == 412;
          if (!exists || !own.equals(blob.getProperties().getMetadata().get(UPLOAD))) {
            throw refused;
          }
          return Optional.empty();
        }
      });
    }

    private static BinaryData body(byte[] part, int length) {
      return BinaryData.fromByteBuffer(ByteBuffer.wrap(part, 0, length));
    }

    private static byte[] md5(byte[] part, int length) {
      try {
        var digest = MessageDigest.getInstance("MD5");
        digest.update(part, 0, length);
        return digest.digest();
      } catch (NoSuchAlgorithmException impossible) {
        throw new IllegalStateException(impossible);
      }
    }

    @Override
    public void giveUp() {
      // Blocks that no list names are unseen, and the service drops them by itself.
    }
  }
}
