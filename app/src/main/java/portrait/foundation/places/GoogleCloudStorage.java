package portrait.foundation.places;

import java.util.Optional;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.connections.Setting;
import portrait.foundation.files.Place;
import portrait.foundation.model.Secret;

/// A bucket of Google Cloud Storage.
public record GoogleCloudStorage(
    @Setting(title = "Bucket", help = "Its name, without gs://.", example = "shop-exports") String bucket,
    @Setting(title = "Folder", help = "Stands before the name of every file; nothing when empty.", example = "portrait") Optional<String> folder,
    @Setting(title = "Service account key", help = "The whole JSON file that Google made with the key.") Secret serviceAccount,
    @Setting(title = "Endpoint", help = "The address of a compatible service, which the operator has allowed with the setting further_hosts; empty for Google itself.", example = "http://127.0.0.1:4443") Optional<String> endpoint)
    implements
      FileAccount {

  /// What people choose.
  public static final Connector<GoogleCloudStorage> CONNECTOR = new Connector<>("google_cloud_storage",
      "Google Cloud Storage",
      "Files in a bucket of Google Cloud Storage.", Form.of(GoogleCloudStorage.class));

  @Override
  public Place place(Reach reach) {
    return new Place.GoogleCloudStorage(bucket, folder.orElse(""), reach.endpoint(endpoint), serviceAccount);
  }
}
