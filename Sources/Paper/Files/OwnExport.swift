/// What `binhchon` writes for others to read on, taken for paper results by mistake. Known by the names of its fields, of
/// which none is ever taken away.
enum OwnExport: CaseIterable {
  case records, report, figures

  /// That writes it.
  var command: String {
    switch self {
    case .records: "binhchon export"
    case .report: "binhchon report"
    case .figures: "binhchon tally"
    }
  }

  /// Beside ``everywhere``.
  private var names: [String] {
    switch self {
    case .records: ["received_time_ms"]
    case .report: ["report", "revision"]
    case .figures: ["revision"]
    }
  }

  private static let everywhere = ["poll", "poll_version"]

  /// Nil: no heading of ours.
  init?(_ row: SourceRow) {
    self.init { name in row.cells.indices.contains { row[$0].elementsEqual(name.utf8) } }
  }

  /// - Parameter head: how the file begins.
  init?(json head: [UInt8]) {
    self.init { name in head.contains(sequence: Array("\"\(name)\":".utf8)) }
  }

  private init?(has: (String) -> Bool) {
    guard Self.everywhere.allSatisfy(has), let kind = Self.allCases.first(where: { $0.names.allSatisfy(has) }) else {
      return nil
    }
    self = kind
  }
}
