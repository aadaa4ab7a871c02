package portrait.foundation.places;

import java.util.Optional;
import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.connections.Setting;
import portrait.foundation.files.Place;
import portrait.foundation.model.Secret;

/// A bucket of Amazon S3, or of a service that speaks its protocol.
public record AmazonS3(
    @Setting(title = "Bucket", help = "Its name, without s3://.", example = "shop-exports") String bucket,
    @Setting(title = "Folder", help = "Stands before the name of every file; nothing when empty.", example = "portrait") Optional<String> folder,
    @Setting(title = "Region", help = "Where the bucket lies, as its page shows it.", example = "eu-west-1", standard = "us-east-1") String region,
    @Setting(title = "Access key id", help = "Of a user who may do no more than is needed here.", example = "AKIAIOSFODNN7EXAMPLE") String accessKeyId,
    @Setting(title = "Secret access key", help = "What Amazon showed once when the key was made.") Secret secretAccessKey,
    @Setting(title = "Session token", help = "Of temporary credentials; empty for those of a user.") Optional<Secret> sessionToken,
    @Setting(title = "Endpoint", help = "The address of a compatible service, which the operator has allowed with the setting further_hosts; empty for Amazon itself.", example = "https://minio.example.com:9000") Optional<String> endpoint)
    implements
      FileAccount {

  /// What people choose.
  public static final Connector<AmazonS3> CONNECTOR = new Connector<>("s3", "Amazon S3",
      "Files in a bucket of Amazon S3, or of a service that speaks its protocol.", Form.of(AmazonS3.class));

  @Override
  public Place place(Reach reach) {
    return new Place.S3(bucket, folder.orElse(""), region, reach.endpoint(endpoint), accessKeyId, secretAccessKey,
        sessionToken);
  }
}
