internal import Polling
internal import RPC
internal import Schema

extension Refusal {
  static let actConflict = Refusal(
    code: .alreadyExists, reason: .actConflict, message: "this id, or this place in the file, has another content")

  static func unknownBatch(_ batch: String) -> Refusal {
    Refusal(code: .notFound, reason: .unknownBatch, message: "no such batch of paper", metadata: ["batch": batch])
  }

  static let batchSealed = Refusal(
    code: .failedPrecondition, reason: .batchSealed,
    message: "the poll is sealed: its figures no longer change, and no paper is entered, accepted or reversed")

  static let twoEntriesNeeded = Refusal(
    code: .failedPrecondition, reason: .twoEntriesNeeded,
    message: "the manifest asks for a single entry, and the policy of this poll for two (paper_entries)")

  /// - Parameter batch: nil for one that the caller may not see.
  static func fileCounted(_ batch: PaperBatchCode?) -> Refusal {
    let other = batch.map { "batch \($0)" } ?? "a batch of another unit"
    return Refusal(
      code: .failedPrecondition, reason: .fileCounted,
      message: "a file of this batch is counted in \(other) already: once is enough, unless that one is reversed",
      metadata: batch.map { ["batch": $0.rawValue] } ?? [:])
  }

  init(_ refusal: PaperRefusal) {
    switch refusal {
    case .phase(let phase):
      self.init(
        code: .failedPrecondition, reason: .batchStage, message: "the batch is at another stage: \(phase)",
        metadata: ["phase": "\(phase)"])
    case .role(let role):
      self.init(code: .permissionDenied, reason: .wrongRole, message: "this is for a \(role)")
    case .otherPersonNeeded:
      self.init(
        code: .permissionDenied, reason: .otherPersonNeeded,
        message: "another person must do this than who entered or proposed it")
    case .notYours(let person):
      self.init(
        code: .permissionDenied, reason: .otherPersonNeeded, message: "\(person) enters this, nobody else",
        metadata: ["by": person])
    case .manifestFixed:
      self.init(
        code: .failedPrecondition, reason: .batchStage,
        message: "sheets were entered under this manifest: only its figures can be changed, or reset the batch")
    case .invalid(let violations): self = .invalid(violations)
    case .reasonNeeded:
      self = .invalid([Violation("why", "must say why, in at most \(PaperBatch.longestWhy) bytes")])
    case .chunk(let expected):
      self.init(
        code: .failedPrecondition, reason: .uploadOrder, message: "chunk \(expected) of this file comes next",
        metadata: ["expected": "\(expected)"])
    case .fileUnfinished:
      self.init(
        code: .failedPrecondition, reason: .uploadOrder,
        message: "a file has begun and not ended: upload the rest of it"
      )
    case .file:
      self.init(
        code: .failedPrecondition, reason: .uploadOrder,
        message: "this file was entered already, or the manifest names others")
    case .row(let number, let problem):
      self.init(
        code: .invalidArgument, reason: .invalidRow, message: "row \(number) \(problem)", metadata: ["row": "\(number)"]
      )
    case .tooMuch:
      self.init(
        code: .invalidArgument, reason: .invalidRow,
        message: "more than a batch holds (\(PaperEntryState.mostRows) rows, \(PaperSums.mostCells) counts)")
    case .nothingEntered:
      self.init(code: .failedPrecondition, reason: .batchStage, message: "nothing was entered")
    case .sums(let problems):
      self.init(
        code: .failedPrecondition, reason: .sumsDiffer,
        message: "the sheets do not add up: \(problems.prefix(20).joined(separator: "; "))",
        metadata: ["count": "\(problems.count)"])
    case .manifestDiffers(let differences):
      let told = differences.prefix(20).map { difference in
        "\(difference.subject.words) \(difference.entered), the manifest says \(difference.manifest)"
      }
      self.init(
        code: .failedPrecondition, reason: .sumsDiffer,
        message: "it is not what the manifest says: \(told.joined(separator: "; "))",
        metadata: ["count": "\(differences.count)"])
    case .entriesAgree:
      self.init(
        code: .failedPrecondition, reason: .batchContent,
        message: "the entries do not differ in this count: only those they differ in can be corrected")
    case .notDrawn:
      self.init(code: .failedPrecondition, reason: .batchContent, message: "no sheets were drawn of this batch")
    case .drawnOtherwise(let seed, let sheets):
      self.init(
        code: .failedPrecondition, reason: .batchContent,
        message: "\(sheets) sheets were drawn by seed \(seed): draw more of them by the same one",
        metadata: ["seed": seed, "sheets": "\(sheets)"])
    case .auditBegun(let sheets, let population):
      self.init(
        code: .failedPrecondition, reason: .batchContent,
        message: "something was found of the \(sheets) sheets that were drawn: "
          + (population <= PaperAudit.mostSheets ? "draw all \(population), or no more" : "no more can be drawn"),
        metadata: ["sheets": "\(sheets)"])
    case .sheetNotDrawn(let sheet):
      self.init(
        code: .failedPrecondition, reason: .batchContent, message: "sheet \(sheet) was not drawn",
        metadata: ["sheet": "\(sheet)"])
    }
  }
}

extension CellKey.Subject {
  fileprivate var words: String {
    switch self {
    case .ballots: "questionnaires"
    case .votes(let question, let choice): "\(question) \(choice)"
    case .undervotes(let question): "\(question) not used"
    }
  }
}
