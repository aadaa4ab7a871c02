package portrait.foundation.places;

import java.util.Optional;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.connections.Setting;
import portrait.foundation.files.Place;
import portrait.foundation.model.Secret;

/// A container of Azure Blob Storage.
public record AzureBlob(
    @Setting(title = "Storage account", help = "Its name.", example = "shopexports") String account,
    @Setting(title = "Container", help = "Its name.", example = "profiles") String container,
    @Setting(title = "Folder", help = "Stands before the name of every file; nothing when empty.", example = "portrait") Optional<String> folder,
    @Setting(title = "Opened by", help = "account_key for one of the account's two keys, signature for a shared access signature of the container, which can be limited to writing and to a time.", standard = "account_key") OpenedBy openedBy,
    @Setting(title = "Key or signature", help = "As Azure shows it.") Secret key,
    @Setting(title = "Endpoint", help = "The address of a compatible service, which the operator has allowed with the setting further_hosts; empty for Azure itself.", example = "https://shopexports.blob.core.usgovcloudapi.net") Optional<String> endpoint)
    implements
      FileAccount {

  /// What people choose.
  public static final Connector<AzureBlob> CONNECTOR = new Connector<>("azure_blob", "Azure Blob Storage",
      "Files in a container of Azure Blob Storage.", Form.of(AzureBlob.class));

  /// What the key is.
  public enum OpenedBy {
    ACCOUNT_KEY, SIGNATURE
  }

  @Override
  public Place place(Reach reach) {
    return new Place.AzureBlob(account, container, folder.orElse(""), reach.endpoint(endpoint), switch (openedBy) {
      case ACCOUNT_KEY -> new Place.AzureKey.Shared(key);
      case SIGNATURE -> new Place.AzureKey.Signature(key);
    });
  }
}
