import ArgumentParser
internal import Polling
internal import Schema

struct ImportUnits: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "import",
    Text(
      vi: "Công bố danh mục đơn vị và thủ tục từ một tệp.",
      en: "Publish the registry of units and procedures from a file."),
    examples: [
      ("binhchon units import don-vi.yaml --dry-run", Text(vi: "chỉ kiểm tra", en: "only check")),
      ("binhchon units import don-vi.csv", Text(vi: "đơn vị từ bảng tính", en: "units from a spreadsheet")),
    ],
    notes: Text(
      vi: """
        Tệp YAML nói tất cả; một bảng CSV chỉ thay đơn vị (cột \(RegistrySheet.unitColumns.joined(separator: ","))) hoặc thủ \
        tục (\(RegistrySheet.procedureColumns.joined(separator: ","))). Vai trò admin, chứng thư của đơn vị cao nhất.
        """,
      en: """
        A YAML file says everything; a CSV sheet replaces only the units (columns \
        \(RegistrySheet.unitColumns.joined(separator: ","))) or the procedures \
        (\(RegistrySheet.procedureColumns.joined(separator: ","))). Role admin, with a certificate for a unit at the top.
        """))

  @OptionGroup var options: GlobalOptions

  @Argument(help: .text(vi: "Tệp YAML hoặc CSV (UTF-8).", en: "A YAML or CSV file (UTF-8)."))
  var file: String

  @Flag(help: .text(vi: "Chỉ hỏi máy chủ, không công bố.", en: "Only ask the server; publish nothing."))
  var dryRun = false

  func run(_ context: CommandContext) async throws -> SysExit {
    let text = try readText(file)
    let console = context.console
    let response = try await context.withService { service in
      var request = Binhchon_V1_PublishRegistryRequest()
      request.registry = Binhchon_V1_UnitRegistry(try await registry(text, service))
      request.dryRun = dryRun
      return try await service.publishRegistry(request)
    }
    try console.tell(RegistryRecord(response, isDryRun: dryRun))
    return .ok
  }

  private func registry(_ text: String, _ service: any PollingService) async throws -> UnitRegistry {
    guard file.lowercased().hasSuffix(".csv") else { return try RegistryFile.read(text, file: file) }
    let content = try RegistrySheet.read(text, file: file)
    var registry = try await service.getRegistry().value
    switch content {
    case .units(let units): registry.units = units
    case .procedures(let procedures): registry.procedures = procedures
    }
    let faults = registry.faults()
    guard faults.isEmpty else {
      func list(_ language: Language) -> String {
        faults.map { "\(file): \($0.text(language))" }.joined(separator: "\n    ")
      }
      throw ClientError(
        .badData, Text(vi: "\(file) có \(faults.count) chỗ sai", en: "\(file) is wrong in \(faults.count) place(s)"),
        why: Text(vi: list(.vi), en: list(.en)), reason: "INVALID_FIELD")
    }
    return registry
  }
}

struct RegistryRecord: ToldRecord {
  var version: UInt32
  var units: Int
  var procedures: Int
  var unchanged: Bool
  var dryRun: Bool

  init(_ response: Binhchon_V1_PublishRegistryResponse, isDryRun: Bool) {
    version = response.registry.version
    units = response.registry.units.count
    procedures = response.registry.procedures.count
    unchanged = response.unchanged
    dryRun = isDryRun
  }

  func lines(_ language: Language) -> [String] {
    let what = Text(
      vi: "\(units) đơn vị, \(procedures) thủ tục", en: "\(units) units, \(procedures) procedures")(language)
    let outcome =
      unchanged
      ? Text(vi: "không có gì mới, vẫn là bản \(version)", en: "nothing new, still version \(version)")
      : dryRun
        ? Text(vi: "hợp lệ; không công bố (--dry-run)", en: "fine; not published (--dry-run)")
        : Text(vi: "đã công bố bản \(version)", en: "published as version \(version)")
    return ["\(what): \(outcome(language))"]
  }
}

struct ShowUnits: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "show", Text(vi: "In cây đơn vị của một ngày.", en: "Print the tree of units of a day."),
    examples: [
      ("binhchon units show", Text(vi: "hôm nay", en: "today")),
      ("binhchon units show --at 2025-06-30", Text(vi: "trước khi bỏ cấp huyện", en: "before districts ended")),
    ])

  @OptionGroup var options: GlobalOptions

  @Option(help: .text(vi: "Ngày; mặc định hôm nay.", en: "The day; default today.", value: "yyyy-mm-dd"))
  var at: String?

  func validate() throws {
    guard at.map({ Day(iso: $0) != nil }) ?? true else {
      throw ValidationError(Text(vi: "--at là ngày dạng 2025-07-01.", en: "--at is a day like 2025-07-01.")(.ambient))
    }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    let console = context.console
    let registry = try await context.withService { try await $0.getRegistry() }.value
    let units = UnitTree(registry).subtree(on: at.flatMap { Day(iso: $0) } ?? Day(of: .now))
    if console.json {
      for (path, unit) in units { try console.print(json: UnitRecord(path, unit)) }
      return .ok
    }
    if units.isEmpty {
      console.say(
        registry.version == 0
          ? Text(vi: "chưa có danh mục đơn vị", en: "no registry of units was published")
          : Text(vi: "ngày đó không có đơn vị nào", en: "there was no unit on that day"))
    }
    for (path, unit) in units {
      let indent = String(repeating: "  ", count: path.rawValue.utf8.count { $0 == UInt8(ascii: "/") })
      let name = console.language == .vi || unit.name.en.isEmpty ? unit.name.vi : unit.name.en
      try console.print("\(indent)\(name) · \(unit.kind.label(console.language)) · \(path)")
    }
    return .ok
  }
}

struct UnitRecord: Encodable {
  var path: String
  var code: String
  var kind: String
  var nameVi: String
  var nameEn: String

  init(_ path: UnitPath, _ unit: RegisteredUnit) {
    self.path = path.rawValue
    code = unit.code
    kind = unit.kind.word
    nameVi = unit.name.vi
    nameEn = unit.name.en
  }
}

struct ExportUnits: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "export",
    Text(vi: "In cả danh mục, để sửa rồi công bố lại.", en: "Print the whole registry, to change and publish again."),
    examples: [
      ("binhchon units export > don-vi.yaml", Text(vi: "đơn vị và thủ tục", en: "units and procedures")),
      ("binhchon units export --csv > don-vi.csv", Text(vi: "chỉ đơn vị", en: "units only")),
    ])

  @OptionGroup var options: GlobalOptions

  @Flag(help: .text(vi: "Đơn vị, thành CSV.", en: "The units, as CSV."))
  var csv = false

  func validate() throws {
    guard !options.json else {
      throw ValidationError(
        Text(
          vi: "units export in YAML hoặc CSV; `units show --json` in từng đơn vị.",
          en: "units export prints YAML or CSV; `units show --json` prints each unit.")(.ambient))
    }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    let registry = try await context.withService { try await $0.getRegistry() }.value
    try context.console.printVerbatim(csv ? RegistrySheet.csv(registry.units) : RegistryWriter.yaml(registry))
    return .ok
  }
}
