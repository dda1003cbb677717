/// A count that two entries of one batch do not agree on.
public struct PaperDifference: Hashable, Sendable {
  public var cell: CellKey
  public var first: Int64
  public var second: Int64

  public init(_ cell: CellKey, first: Int64, second: Int64) {
    self.cell = cell
    self.first = first
    self.second = second
  }

  /// In the order of days, units and names.
  static func between(_ first: [CellKey: Int64], _ second: [CellKey: Int64]) -> [PaperDifference] {
    Set(first.keys).union(second.keys)
      .compactMap { cell in
        let (one, other) = (first[cell] ?? 0, second[cell] ?? 0)
        return one == other ? nil : PaperDifference(cell, first: one, second: other)
      }
      .sorted { $0.place < $1.place }
  }

  private var place: (Day, UnitPath, String) { (cell.day, cell.unit, cell.subject.sortingName) }
}

/// A count that an entry and its manifest do not agree on; of the whole batch.
public struct ManifestDifference: Hashable, Sendable {
  public var subject: CellKey.Subject
  public var manifest: Int64
  public var entered: Int64

  public init(_ subject: CellKey.Subject, manifest: Int64, entered: Int64) {
    self.subject = subject
    self.manifest = manifest
    self.entered = entered
  }
}

extension PaperManifest {
  /// Where what was entered is not what it says; empty: it is.
  func differences(_ cells: [CellKey: Int64]) -> [ManifestDifference] {
    var sums: [CellKey.Subject: Int64] = [:]
    for (key, count) in cells { sums[key.subject, default: 0] += count }
    return ([Control(.ballots, questionnaires)] + controls).compactMap { control in
      let entered = sums[control.subject] ?? 0
      return entered == control.count
        ? nil : ManifestDifference(control.subject, manifest: control.count, entered: entered)
    }
  }
}

extension CellKey.Subject {
  var sortingName: String {
    switch self {
    case .ballots: ""
    case .votes(let question, let choice): "\(question) \(choice)"
    case .undervotes(let question): "\(question) "
    }
  }
}
