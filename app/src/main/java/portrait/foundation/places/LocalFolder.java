package portrait.foundation.places;

import portrait.foundation.connections.Connector;
import portrait.foundation.connections.Form;
import portrait.foundation.connections.Setting;
import portrait.foundation.files.Place;
import portrait.foundation.model.Problem;

/// A folder of the machine that Portrait runs on.
public record LocalFolder(
    @Setting(title = "Folder", help = "Where files are, below the folder for exports of this installation; made when absent. Letters, digits, - and _, with / between folders.", example = "shop/crm") String folder)
    implements
      FileAccount {

  /// What people choose.
  public static final Connector<LocalFolder> CONNECTOR = new Connector<>("disk", "Local disk",
      "Files in a folder of this machine.", Form.of(LocalFolder.class));

  public LocalFolder {
    if (!folder.isEmpty() && !folder.matches("[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")) {
      throw Problem.of(Problem.Code.INVALID_DEFINITION,
          "settings.folder was '%s' but must be letters, digits, - and _, with / between folders".formatted(folder))
          .asException();
    }
  }

  @Override
  public Place place(Reach reach) {
    return new Place.Disk(reach.folder().resolve(folder));
  }
}
