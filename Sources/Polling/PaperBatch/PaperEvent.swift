/// What somebody does with a batch of paper.
public enum PaperEvent: Hashable, Sendable {
  case putManifest(PaperManifest, why: String)
  case claim(PaperEntryNumber)
  case rows(PaperChunk)
  /// - Parameter warnings: codes of what was found doubtful in the files; who finalises accepts them by name.
  case finalise(PaperEntryNumber, warnings: [String])
  /// Of one's own entry, before it is final.
  ///
  /// - Parameter why: nil only in older ledgers: nobody was asked.
  case discard(PaperEntryNumber, why: String?)
  /// Of everything that was entered.
  case reset(why: String)
  case resolve(PaperResolution, why: String)
  case accept
  case proposeReversal(why: String)
  case withdrawReversal(why: String)
  case confirmReversal
  /// Of the entry that is counted, as ``PaperAudit`` says.
  case drawSheets(seed: String, sheets: UInt64)
  case recordSheets([PaperAudit.Finding], why: String)
}

public enum PaperEntryNumber: UInt8, Sendable, CaseIterable {
  case first = 1
  case second = 2
}

/// What becomes of two entries that differ.
public enum PaperResolution: Hashable, Sendable {
  /// This one is right.
  case keep(PaperEntryNumber)
  /// This one is wrong: it is entered again, by somebody who did not enter the other.
  case drop(PaperEntryNumber)
  /// This count is neither's or one's, and here it is as the sheets say. Once all that they differ in is corrected the batch
  /// is definitive; whatever is not, by then, is as the entry that is kept.
  case correct(PaperCell, count: Int64)
}

/// Rows of a file that stand together.
public struct PaperChunk: Hashable, Sendable {
  public static let mostRows = 10_000
  /// As messages that say every name: with what is said besides they stay within a frame.
  public static let mostBytes = 3 << 20

  public var entry: PaperEntryNumber
  /// SHA-256.
  public var file: [UInt8]
  public var fileName: String
  /// In its file: 1, 2, 3 …
  public var number: UInt32
  public var isLast: Bool
  public var rows: PaperRows

  public init(
    entry: PaperEntryNumber, file: [UInt8], fileName: String, number: UInt32, isLast: Bool, rows: PaperRows
  ) {
    self.entry = entry
    self.file = file
    self.fileName = fileName
    self.number = number
    self.isLast = isLast
    self.rows = rows
  }
}

/// Who does something: a named person in a role. One person may hold certificates of several roles.
public struct PaperPerson: Hashable, Sendable {
  public enum Role: Hashable, Sendable {
    case clerk
    case coordinator
    case auditor
  }

  public var role: Role
  /// Unit and name.
  public var name: String

  public init(_ role: Role, _ name: String) {
    self.role = role
    self.name = name
  }

  /// - Parameter by: as entries say it: role, unit and name, joined by `/`.
  public init?(by: String) {
    guard let slash = by.firstIndex(of: "/") else { return nil }
    let name = String(by[by.index(after: slash)...])
    switch by[..<slash] {
    case "clerk", "second-clerk": self.init(.clerk, name)
    case "coordinator": self.init(.coordinator, name)
    case "auditor": self.init(.auditor, name)
    default: return nil
    }
  }
}

/// Why something cannot be done with a batch.
public enum PaperRefusal: Error, Hashable, Sendable {
  /// Not at this stage.
  case phase(PaperBatch.Phase)
  case role(PaperPerson.Role)
  /// Somebody else did what this must be done besides: the first entry, or the proposal.
  case otherPersonNeeded
  /// Somebody else is entering it.
  case notYours(String)
  /// Sheets were entered under it: unit, period, version, files and number of entries stay.
  case manifestFixed
  case invalid([Violation])
  case reasonNeeded
  /// The next chunk is another.
  case chunk(expected: UInt32)
  /// A file has begun and not ended.
  case fileUnfinished
  /// The manifest names files, and not this one; or it was entered already.
  case file
  case row(number: UInt64, problem: String)
  case tooMuch
  case nothingEntered
  /// Sheets that do not add up in themselves.
  case sums([String])
  /// It is not what the manifest says.
  case manifestDiffers([ManifestDifference])
  /// There is nothing to correct: both entries say the same.
  case entriesAgree
  /// No sheets were drawn.
  case notDrawn
  /// They were drawn with another seed, or so many: what is drawn later is drawn in addition, by the same one.
  case drawnOtherwise(seed: String, sheets: UInt64)
  /// Something was found of those that were drawn: from then on only all of them can be drawn.
  case auditBegun(sheets: UInt64, population: UInt64)
  /// This one was not drawn.
  case sheetNotDrawn(UInt64)
}
