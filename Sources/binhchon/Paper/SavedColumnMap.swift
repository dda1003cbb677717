internal import Paper
internal import Yams

/// What columns of an office's files hold, under a name: `~/.config/binhchon/maps/NAME.yaml`.
struct SavedColumnMap: Sendable, Equatable {
  var encoding: TextEncoding?
  /// Of a workbook.
  var sheet: String?
  var columns: [ColumnChoice] = []

  /// In place of a field: the column is not used.
  static let unused = "-"

  /// `HEADING=FIELD`, the last `=` of them; nil: that is not what it says.
  static func choice(_ text: String) -> ColumnChoice? {
    guard let cut = text.lastIndex(of: "="), cut != text.startIndex else { return nil }
    let (heading, word) = (String(text[..<cut]), String(text[text.index(after: cut)...]))
    let field = ColumnField(word: word)
    return field != nil || word == unused ? ColumnChoice(heading: heading, field: field) : nil
  }

  /// Every unknown key and wrong value is told with its line.
  init(yaml: String, file: String) throws(ClientError) {
    let root = try YAMLReader.root(of: yaml, file: file, failing: .configuration)
    var reader = YAMLReader()
    let keys = reader.mapping(root, "", keys: ["encoding", "sheet", "columns"])
    if let node = keys["encoding"], let name = reader.text(node, "encoding") {
      encoding = TextEncoding(name: name)
      if encoding == nil { reader.fail(node, Text(vi: "không có bảng mã này", en: "there is no such encoding")) }
    }
    sheet = keys["sheet"].flatMap { reader.text($0, "sheet") }
    for (index, node) in reader.sequence(keys["columns"], "columns", required: "columns", in: root).enumerated() {
      let path = "columns[\(index)]"
      let values = reader.mapping(node, path, keys: ["heading", "field"])
      let heading = reader.text(values["heading"], "\(path).heading", required: "heading", in: node)
      let word = reader.text(values["field"], "\(path).field", required: "field", in: node)
      let field = ColumnField(word: word)
      if field == nil, word != Self.unused {
        let known = (ColumnField.words + [Self.unused]).joined(separator: ", ")
        reader.fail(values["field"] ?? node, Text(vi: "cần một trong: \(known)", en: "must be one of: \(known)"))
      }
      columns.append(ColumnChoice(heading: heading, field: field))
    }
    if let error = reader.error(.configuration, file: file) { throw error }
  }

  /// As a file was read.
  init(_ report: PaperReport, encoding: TextEncoding?, sheet: String?) {
    self.encoding = encoding
    self.sheet = sheet
    columns = report.columns.compactMap { column in
      // Those of our rejects file are known anyway.
      column.heading.isEmpty || column.field == .rejectCodes
        ? nil : ColumnChoice(heading: column.heading, field: column.field)
    }
  }

  var yaml: String {
    var text = ""
    if let encoding { text += "encoding: \(encoding.rawValue)\n" }
    if let sheet { text += "sheet: \(PollWriter.quoted(sheet))\n" }
    text += "columns:\n"
    for column in columns {
      text += "  - heading: \(PollWriter.quoted(column.heading))\n"
      text += "    field: \(PollWriter.quoted(column.field?.word ?? Self.unused))\n"
    }
    return text
  }
}

/// The column maps of one person.
struct ColumnMapStore: Sendable {
  private let directory: String

  init(_ environment: ProcessEnvironment) throws(ClientError) {
    directory = try ProfileStore(environment).directory + "/maps"
  }

  func load(_ name: String) throws(ClientError) -> SavedColumnMap {
    let path = try existing(name)
    return try SavedColumnMap(yaml: try readText(path), file: path)
  }

  /// Where it is.
  func existing(_ name: String) throws(ClientError) -> String {
    let path = try NamedFile.path(name, in: directory)
    let known = names()
    guard known.contains(name) else {
      throw ClientError(
        .noInput, Text(vi: "không có sơ đồ cột “\(name)”", en: "there is no column map “\(name)”"),
        next: known.isEmpty
          ? Text(
            vi: "lưu bằng `binhchon import … --save-map \(name)`",
            en: "save it with `binhchon import … --save-map \(name)`")
          : Text(vi: "hiện có: \(known.joined(separator: ", "))", en: "there are: \(known.joined(separator: ", "))"))
    }
    return path
  }

  func save(_ map: SavedColumnMap, as name: String) throws(ClientError) -> String {
    let path = try NamedFile.path(name, in: directory)
    try NamedFile.write(map.yaml, to: path)
    return path
  }

  func names() -> [String] { NamedFile.names(in: directory) }
}
