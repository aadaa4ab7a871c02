package portrait.foundation.files;

import java.io.InputStream;
import java.util.Optional;
import java.util.function.Consumer;

/// Files in one [Place], each under a name such as `shop/2026/11/customers_1.csv`.
///
/// Whatever goes wrong is a [portrait.foundation.model.ProblemException] that names the likely cause; its detail `cause`
/// says it to programs. What a storage answered is never quoted beyond its error code, since answers repeat keys and
/// signatures.
public interface FileStore extends AutoCloseable {

  /// Opens a place. Nothing is asked of it before the first call.
  ///
  /// @throws portrait.foundation.model.ProblemException `invalid_setting` when a key cannot be read
  static FileStore open(Place place) {
    return switch (place) {
      case Place.Disk disk -> new DiskStore(disk);
      case Place.S3 s3 -> new S3Store(s3);
      case Place.AzureBlob azure -> new AzureStore(azure);
      case Place.GoogleCloudStorage google -> new GoogleStore(google);
      case Place.Sftp sftp -> new SftpStore(sftp);
    };
  }

  /// Hands every file whose name begins with the prefix to `use`, in the order of their names; uploads that are not
  /// published are not among them.
  void list(String prefix, Consumer<StoredFile> use);

  /// What is known about a file, or empty when there is none of that name.
  Optional<StoredFile> find(String name);

  /// Reads a file from its beginning. An end that comes too early is a failure, not an end.
  InputStream read(String name);

  /// Begins a file. Nobody sees it before [Upload#publish]; closing it without gives it up.
  Upload create(String name, Existing existing);

  /// Begins a file that takes the place of one of its name.
  default Upload create(String name) {
    return create(name, Existing.REPLACE);
  }

  /// Deletes a file; that there is none is no problem.
  void delete(String name);

  /// Finds out whether files can be written, by beginning one that is given up: nobody ever sees it.
  default void verifyWriting() {
    try (var upload = create("portrait-verify")) {
      upload.begin();
    }
  }

  /// Finds out whether files can be listed.
  void verifyReading();

  @Override
  void close();

  /// What happens to a file that has the name already.
  enum Existing {
    /** The new one takes its place, at once and as a whole. */
    REPLACE,
    /** It stays, and publishing fails with the cause `exists`. */
    KEEP
  }
}
