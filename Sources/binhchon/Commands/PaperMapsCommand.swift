import ArgumentParser
import Foundation
internal import Paper

struct PaperMaps: AsyncParsableCommand {
  static let configuration = CommandConfiguration.command(
    "maps", Text(vi: "Sơ đồ cột đã lưu (import --save-map).", en: "Column maps that were saved (import --save-map)."),
    examples: [
      ("binhchon paper maps", Text(vi: "danh sách", en: "the list")),
      ("binhchon paper maps show phuong-a", Text(vi: "một sơ đồ", en: "one of them")),
    ],
    subcommands: [ListMaps.self, ShowMap.self, DeleteMap.self], defaultSubcommand: ListMaps.self)
}

struct ListMaps: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "list", Text(vi: "Liệt kê sơ đồ cột.", en: "List the column maps."),
    examples: [("binhchon paper maps list", Text(vi: "danh sách", en: "the list"))])

  @OptionGroup var options: GlobalOptions

  func run(_ context: CommandContext) async throws -> SysExit {
    let store = try ColumnMapStore(context.environment)
    for name in store.names() {
      try context.console.tell(ColumnMapRecord(name, try store.load(name)))
    }
    if store.names().isEmpty {
      context.console.say(
        Text(
          vi: "chưa có sơ đồ nào; `binhchon import … --save-map TÊN`",
          en: "there is none yet; `binhchon import … --save-map NAME`"))
    }
    return .ok
  }
}

struct ShowMap: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "show", Text(vi: "In một sơ đồ cột (YAML).", en: "Print a column map (YAML)."),
    examples: [("binhchon paper maps show phuong-a", Text(vi: "sơ đồ phuong-a", en: "the map phuong-a"))])

  @OptionGroup var options: GlobalOptions

  @Argument(help: .text(vi: "Tên sơ đồ.", en: "The map's name."))
  var name: String

  func run(_ context: CommandContext) async throws -> SysExit {
    let map = try ColumnMapStore(context.environment).load(name)
    if context.console.json {
      try context.console.print(json: ColumnMapRecord(name, map))
    } else {
      try context.console.printVerbatim(map.yaml)
    }
    return .ok
  }
}

struct DeleteMap: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "delete", Text(vi: "Xóa một sơ đồ cột.", en: "Delete a column map."),
    examples: [("binhchon paper maps delete phuong-a", Text(vi: "xóa phuong-a", en: "delete phuong-a"))])

  @OptionGroup var options: GlobalOptions

  @Argument(help: .text(vi: "Tên sơ đồ.", en: "The map's name."))
  var name: String

  func run(_ context: CommandContext) async throws -> SysExit {
    let path = try ColumnMapStore(context.environment).existing(name)
    guard unlink(path) == 0 else {
      throw ClientError(
        .inputOutput, Text(vi: "không xóa được \(path)", en: "cannot delete \(path)"), why: systemMessage(errno))
    }
    context.console.say(Text(vi: "đã xóa sơ đồ \(name)", en: "deleted the map \(name)"))
    return .ok
  }
}

struct ColumnMapRecord: ToldRecord {
  struct Column: Encodable {
    var heading: String
    /// Nil: not used.
    var field: String?
  }
  var map: String
  var encoding: String?
  var sheet: String?
  var columns: [Column]

  init(_ name: String, _ map: SavedColumnMap) {
    self.map = name
    encoding = map.encoding?.rawValue
    sheet = map.sheet
    columns = map.columns.map { Column(heading: $0.heading, field: $0.field?.word) }
  }

  func lines(_ language: Language) -> [String] {
    let used = columns.compactMap { column in column.field.map { "\(column.heading) = \($0)" } }
    return ["\(map): " + used.joined(separator: " · ")]
  }
}
