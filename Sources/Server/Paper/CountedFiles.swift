internal import Polling

/// The files that batches count, by the names of their registers.
struct CountedFiles {
  struct Batch {
    /// Of the register's last act then.
    var number: UInt64
    var unit: UnitPath?
    var files: Set<[UInt8]> = []
  }

  private var known: [String: Batch] = [:]

  subscript(_ register: String) -> Batch? { known[register] }

  mutating func note(_ register: String, _ batch: Batch) {
    if known[register]?.number ?? 0 < batch.number { known[register] = batch }
  }
}

extension PaperBatch {
  /// Whether it is in the figures.
  var isCounted: Bool { phase == .accepted || phase == .reversalProposed }

  /// The hashes of all files that it was entered from, either time.
  var files: Set<[UInt8]> {
    Set(PaperEntryNumber.allCases.flatMap { entry($0)?.files.map(\.hash) ?? [] })
  }
}

extension PaperEvent {
  /// The files that no other batch may count for this to be done: those of a batch that is accepted, and one that is
  /// begun, so that nobody who may see the other enters it in vain. Nil: it does not matter.
  func filesCountedOnce(in batch: PaperBatch) -> Set<[UInt8]>? {
    switch self {
    case .accept: batch.files
    case .rows(let chunk) where chunk.number == 1: [chunk.file]
    default: nil
    }
  }
}
