internal import Paper
internal import Polling
internal import Schema

/// What of a checked file the manifest of its batch rules out: known before any of it is entered.
struct ManifestBreach: Encodable, Equatable {
  enum Kind: String, Encodable {
    case unit, period, file
  }

  var kind: Kind
  /// The first row that says so, and how many do; nil for the file.
  var row: Int?
  var rows: Int?
  /// What the file says: a unit, days, its SHA-256.
  var entered: String
  /// Nil: several files.
  var manifest: String?

  /// In the order of the file; none if the manifest cannot be read: the server says then what it takes.
  static func all(
    of report: PaperReport, hash: [UInt8], against manifest: Binhchon_V1_PaperManifest
  ) -> [ManifestBreach] {
    var found: [ManifestBreach] = []
    if !manifest.files.isEmpty, !manifest.files.contains(where: { $0.elementsEqual(hash) }) {
      found.append(ManifestBreach(kind: .file, entered: hash.hexadecimal))
    }
    guard let unit = try? UnitPath(manifest.unit), let first = Day(iso: manifest.firstDay),
      let last = Day(iso: manifest.lastDay)
    else { return found }
    let days = Period(first: first, last: last)
    for (place, rows) in report.places.sorted(by: { $0.value.first < $1.value.first }) {
      if !unit.contains(place.unit) {
        found.append(
          ManifestBreach(
            kind: .unit, row: rows.first, rows: rows.count, entered: place.unit.rawValue, manifest: unit.rawValue))
      }
      if !days.contains(place.period) {
        found.append(
          ManifestBreach(
            kind: .period, row: rows.first, rows: rows.count, entered: place.period.words, manifest: days.words))
      }
    }
    return found
  }

  func line(_ figures: Figures) -> String {
    let place = Text(vi: "dòng \(row ?? 0)", en: "row \(row ?? 0)")
    let more = (rows ?? 0) - 1
    let others =
      more > 0
      ? Text(vi: ", và \(figures.count(UInt64(more))) dòng khác", en: ", and \(figures.count(more, "other row"))")
      : Text(verbatim: "")
    let manifest = manifest ?? ""
    let text =
      switch kind {
      case .unit:
        Text(
          vi: "\(place.vi)\(others.vi): đơn vị \(entered), bảng kê là của \(manifest)",
          en: "\(place.en)\(others.en): unit \(entered), the manifest is of \(manifest)")
      case .period:
        Text(
          vi: "\(place.vi)\(others.vi): kỳ \(entered), bảng kê là của \(manifest)",
          en: "\(place.en)\(others.en): period \(entered), the manifest is of \(manifest)")
      case .file:
        Text(
          vi: "tệp có SHA-256 \(entered): không phải tệp nào của bảng kê",
          en: "the file's SHA-256 is \(entered): none of the manifest's files")
      }
    return text(figures.language)
  }
}

/// For programs, one line each.
struct ManifestBreachRecord: Encodable {
  var manifestBreach: ManifestBreach
}

extension Period {
  fileprivate var words: String { isOneDay ? "\(first)" : "\(first) – \(last)" }

  fileprivate func contains(_ other: Period) -> Bool { first <= other.first && other.last <= last }
}
