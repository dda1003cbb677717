internal import Polling

/// The files that batches count, by the names of their registers.
struct CountedFiles {
  private struct Known {
    /// Of the register's last act then.
    var number: UInt64
    var files: Set<[UInt8]>
  }

  private var known: [String: Known] = [:]

  /// Whether what is known of the register includes its act with this number.
  func knows(_ register: String, at number: UInt64) -> Bool { known[register]?.number ?? 0 >= number }

  mutating func note(_ register: String, at number: UInt64, _ files: Set<[UInt8]>) {
    if !knows(register, at: number) { known[register] = Known(number: number, files: files) }
  }

  func contains(any files: Set<[UInt8]>, in register: String) -> Bool {
    !(known[register]?.files.isDisjoint(with: files) ?? true)
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
  /// begun, so that nobody enters it in vain. Nil: it does not matter.
  func filesCountedOnce(in batch: PaperBatch) -> Set<[UInt8]>? {
    switch self {
    case .accept: batch.files
    case .rows(let chunk) where chunk.number == 1: [chunk.file]
    default: nil
    }
  }
}
