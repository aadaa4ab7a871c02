package portrait.stages.exports.destinations;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import portrait.foundation.connections.Setting;
import portrait.foundation.filesets.Layout;
import portrait.foundation.filesets.NameTemplate;
import portrait.foundation.model.ProblemException;

/// What an export to a place for files asks for, whichever place it is.
public record FileLayout(
    @Setting(title = "Format", help = "csv has a first line of names, json_lines one JSON object a line, parquet columns with types.", standard = "csv") Layout.Format format,
    @Setting(title = "Compression", help = "How files are made smaller.", standard = "none") Layout.Compression compression,
    @Setting(title = "Rows per file", help = "A longer run is divided into files of this many rows.", standard = "1000000", min = 1) int rowsPerFile,
    @Setting(title = "Folder of a run", help = "May use {export} {run} {yyyy} {MM} {dd} {HH} {mm} {ss}; times are UTC.", standard = FileLayout.FOLDER) String folder,
    @Setting(title = "Name of a file", help = "Without its ending; may use {table} and {part}, too, and folders.", standard = FileLayout.FILE) String file,
    @Setting(title = "For spreadsheets", help = "Whether a text in CSV that a spreadsheet would run as a formula gets an apostrophe; phone numbers never do.", standard = "true") boolean forSpreadsheets,
    @Setting(title = "Written last", help = "manifest for manifest.json in the folder of the run, model for model.json above the folders of all runs, as Dynamics 365 Customer Insights writes it.", standard = "manifest") Layout.Index index,
    @Setting(title = "Customers", help = "Whether the customers of the export are written; false for whole tables only.", standard = "true") boolean customers,
    @Setting(title = "Whole tables", help = "Names of tables that are written besides, all rows and columns: Customer, UnifiedActivity, SegmentMembership, shop_orders.", example = "Customer, UnifiedActivity") Optional<String> tables) {

  static final String FOLDER = "{export}/{yyyy}{MM}{dd}T{HH}{mm}{ss}Z-{run}";
  static final String FILE = "{table}_{part}";
  static final String CUSTOMER_ID = "CustomerId";
  static final String CHANGE = "Change";

  List<String> tableNames() {
    return tables.stream().flatMap(names -> Arrays.stream(names.split(","))).map(String::strip)
        .filter(name -> !name.isEmpty()).distinct().toList();
  }

  /// @throws ProblemException `invalid_definition` for a template that cannot be
  Layout layout() {
    return new Layout(format, compression, NameTemplate.of("settings.folder", folder, Layout.FOLDER_NAMES),
        NameTemplate.of("settings.file", file, Layout.FILE_NAMES), rowsPerFile, forSpreadsheets, index);
  }

  List<String> mistakes(List<String> columns) {
    var mistakes = new ArrayList<String>();
    try {
      layout();
    } catch (ProblemException wrong) {
      mistakes.add(wrong.problem().message());
    }
    if (!file.contains("{part}")) {
      mistakes.add("settings.file was '%s' but must have {part}: a long run has several files".formatted(file));
    }
    if (tableNames().size() + (customers ? 1 : 0) > 1 && !file.contains("{table}")) {
      mistakes.add("settings.file was '%s' but must have {table}: there are several".formatted(file));
    }
    if (!customers && tableNames().isEmpty()) {
      mistakes.add("settings.customers was false and settings.tables empty: there is nothing to write");
    }
    if (index == Layout.Index.MODEL && format != Layout.Format.CSV) {
      mistakes.add("settings.index was 'model' but must be manifest: model.json is about CSV files");
    }
    if (index == Layout.Index.MODEL && !folder.equals("{export}") && !folder.startsWith("{export}/")) {
      mistakes.add("settings.folder was '%s' but must begin with {export}: model.json lies there".formatted(folder));
    }
    var taken = new TreeSet<>(List.of(CUSTOMER_ID.toLowerCase(Locale.ROOT), CHANGE.toLowerCase(Locale.ROOT)));
    columns.stream().filter(column -> !taken.add(column.toLowerCase(Locale.ROOT)))
        .forEach(column -> mistakes.add("columns has '%s', but files have a column of that name already".formatted(
            column)));
    return mistakes;
  }
}
