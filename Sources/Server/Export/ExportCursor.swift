internal import Polling

/// Where an export goes on: of which ledger, up to which entry, after which one, and how many records came before.
/// Opaque to clients, and nothing secret in it.
struct ExportCursor: Equatable {
  var epoch: String
  var revision: UInt64
  var after: UInt64 = 0
  var count: UInt64 = 0

  var text: String { [epoch, String(revision), String(after), String(count)].joined(separator: ":") }
}

extension ExportCursor {
  /// - Throws: ``InvalidValue`` for what no export has given.
  init(_ text: String) throws(InvalidValue) {
    // A peer's: what is longer is none of ours.
    let parts = text.utf8.count <= 200 ? text.split(separator: ":", omittingEmptySubsequences: false) : []
    guard parts.count == 4, !parts[0].isEmpty, let revision = UInt64(parts[1]), let after = UInt64(parts[2]),
      let count = UInt64(parts[3]), after <= revision, count <= after
    else { throw InvalidValue(field: "cursor", problem: "is none that an export has given") }
    self.init(epoch: String(parts[0]), revision: revision, after: after, count: count)
  }
}
