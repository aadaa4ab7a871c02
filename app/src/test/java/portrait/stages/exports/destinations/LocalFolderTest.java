package portrait.stages.exports.destinations;

import java.util.Map;

class LocalFolderTest extends FileDestinationContract {

  @Override
  String type() {
    return "disk";
  }

  @Override
  String settings() {
    return "{ folder: crm }";
  }

  @Override
  Map<String, String> secrets() {
    return Map.of();
  }
}
