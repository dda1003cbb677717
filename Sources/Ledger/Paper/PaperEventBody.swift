public import Polling

// The bodies of acts of paper registers, as FORMAT.md says ("Acts of paper").

extension Register {
  /// Where a batch of a poll is.
  public static func paper(_ poll: PollID, _ batch: PaperBatchCode) -> Register {
    Register(.paper, "\(poll)/\(batch)")
  }

  /// The poll and the batch of a paper register's name; nil: it is of no such form.
  public static func paper(named name: String) -> (poll: PollID, batch: PaperBatchCode)? {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let poll = try? PollID(String(parts[0])), let batch = try? PaperBatchCode(String(parts[1]))
    else { return nil }
    return (poll, batch)
  }
}

extension PaperEvent {
  private enum Layout {
    static let usual: UInt8 = 1
    /// A discard that says why.
    static let reasoned: UInt8 = 2
  }

  private enum Resolution {
    static let keep: UInt8 = 1
    static let drop: UInt8 = 2
    static let correct: UInt8 = 3
  }

  /// The body of its act.
  public var body: [UInt8] {
    var writer = ByteWriter()
    writer.byte(layout)
    switch self {
    case .putManifest(let manifest, let why):
      manifest.encode(into: &writer)
      writer.string(why)
    case .claim(let entry): writer.byte(entry.rawValue)
    case .discard(let entry, let why):
      writer.byte(entry.rawValue)
      if let why { writer.string(why) }
    case .rows(let chunk): chunk.encode(into: &writer)
    case .finalise(let entry, let warnings):
      writer.byte(entry.rawValue)
      writer.count(warnings.count)
      for warning in warnings { writer.string(warning) }
    case .reset(let why), .proposeReversal(let why), .withdrawReversal(let why): writer.string(why)
    case .resolve(let resolution, let why):
      switch resolution {
      case .keep(let entry):
        writer.byte(Resolution.keep)
        writer.byte(entry.rawValue)
      case .drop(let entry):
        writer.byte(Resolution.drop)
        writer.byte(entry.rawValue)
      case .correct(let cell, let count):
        writer.byte(Resolution.correct)
        writer.string(cell.unit.rawValue)
        writer.signed(Int64(cell.day.number))
        writer.subject(cell.subject)
        writer.natural(count)
      }
      writer.string(why)
    case .drawSheets(let seed, let sheets):
      writer.string(seed)
      writer.varint(sheets)
    case .recordSheets(let findings, let why):
      writer.count(findings.count)
      for finding in findings {
        writer.varint(finding.sheet)
        writer.byte(finding.verdict.rawValue)
      }
      writer.string(why)
    case .accept, .confirmReversal: break
    }
    return writer.bytes
  }

  private var layout: UInt8 {
    if case .discard(_, .some) = self { Layout.reasoned } else { Layout.usual }
  }

  /// - Throws: `LedgerFileError` for an act that no batch of paper has.
  public init(_ act: Act) throws(LedgerFileError) {
    guard let word = Word(rawValue: act.name) else {
      throw LedgerFileError(.damaged, "act \"\(act.name)\" of a paper register is unknown")
    }
    do {
      self = try act.body.withUnsafeBytes { bytes throws(FormatError) in
        var reader = ByteReader(bytes)
        let event = try PaperEvent(word, &reader)
        try reader.end()
        return event
      }
    } catch {
      throw LedgerFileError(.damaged, "act \"\(act.name)\" of a paper register: \(error)")
    }
  }

  private init(_ word: Word, _ reader: inout ByteReader) throws(FormatError) {
    let layout = try reader.byte()
    guard layout == Layout.usual || (layout == Layout.reasoned && word == .discard) else {
      throw reader.fail("layout of a newer version")
    }
    switch word {
    case .manifest:
      let manifest = try PaperManifest(&reader)
      self = .putManifest(manifest, why: try reader.string())
    case .claim: self = .claim(try reader.entryNumber())
    case .rows: self = .rows(try PaperChunk(&reader))
    case .finalise:
      let entry = try reader.entryNumber()
      var warnings: [String] = []
      for _ in 0..<(try reader.count()) { warnings.append(try reader.string()) }
      self = .finalise(entry, warnings: warnings)
    case .discard:
      let entry = try reader.entryNumber()
      self = .discard(entry, why: layout == Layout.reasoned ? try reader.string() : nil)
    case .reset: self = .reset(why: try reader.string())
    case .resolve:
      let resolution: PaperResolution
      switch try reader.byte() {
      case Resolution.keep: resolution = .keep(try reader.entryNumber())
      case Resolution.drop: resolution = .drop(try reader.entryNumber())
      case Resolution.correct:
        let unit = try reader.named { try UnitPath($0) }
        let cell = PaperCell(unit: unit, day: try reader.day(), subject: try reader.subject())
        resolution = .correct(cell, count: try reader.natural())
      default: throw reader.fail("unknown resolution")
      }
      self = .resolve(resolution, why: try reader.string())
    case .accept: self = .accept
    case .proposeReversal: self = .proposeReversal(why: try reader.string())
    case .withdrawReversal: self = .withdrawReversal(why: try reader.string())
    case .confirmReversal: self = .confirmReversal
    case .drawSheets: self = .drawSheets(seed: try reader.string(), sheets: try reader.varint())
    case .recordSheets:
      var findings: [PaperAudit.Finding] = []
      for _ in 0..<(try reader.count()) {
        let sheet = try reader.varint()
        guard let verdict = PaperAudit.Verdict(rawValue: try reader.byte()) else {
          throw reader.fail("neither a match nor a mismatch")
        }
        findings.append(PaperAudit.Finding(sheet: sheet, verdict))
      }
      self = .recordSheets(findings, why: try reader.string())
    }
  }
}

extension ByteReader {
  mutating func entryNumber() throws(FormatError) -> PaperEntryNumber {
    guard let entry = PaperEntryNumber(rawValue: try byte()) else { throw fail("neither entry 1 nor 2") }
    return entry
  }

  mutating func natural() throws(FormatError) -> Int64 {
    guard let value = Int64(exactly: try varint()) else { throw fail("number over 63 bits") }
    return value
  }

  mutating func subject() throws(FormatError) -> CellKey.Subject {
    switch try byte() {
    case 1: .ballots
    case 2: .votes(question: try string(), choice: try string())
    case 3: .undervotes(question: try string())
    default: throw fail("unknown subject")
    }
  }

  /// Its first day, and how many days later the last one is.
  mutating func span() throws(FormatError) -> DaySpan {
    let first = try day()
    let (last, overflow) = Int64(first.number).addingReportingOverflow(try signed())
    guard !overflow, let last = Int32(exactly: last) else { throw fail("day over 32 bits") }
    return DaySpan(first: first, last: Day(number: last))
  }
}

extension ByteWriter {
  mutating func subject(_ subject: CellKey.Subject) {
    switch subject {
    case .ballots:
      byte(1)
    case .votes(let question, let choice):
      byte(2)
      string(question)
      string(choice)
    case .undervotes(let question):
      byte(3)
      string(question)
    }
  }

  mutating func span(_ span: DaySpan) {
    signed(Int64(span.first.number))
    signed(Int64(span.last.number) - Int64(span.first.number))
  }

  /// A number that is not negative: rows and manifests are checked before they are written.
  mutating func natural(_ value: Int64) {
    varint(UInt64(bitPattern: value))
  }
}

extension PaperManifest {
  fileprivate func encode(into writer: inout ByteWriter) {
    writer.varint(UInt64(pollVersion))
    writer.string(unit.rawValue)
    writer.span(period)
    writer.natural(questionnaires)
    writer.count(controls.count)
    for control in controls {
      writer.subject(control.subject)
      writer.natural(control.count)
    }
    writer.byte(isSingleEntry ? 1 : 0)
    writer.count(files.count)
    for file in files { writer.blob(file) }
  }

  fileprivate init(_ reader: inout ByteReader) throws(FormatError) {
    let version = try reader.uint32()
    let unit = try reader.named { try UnitPath($0) }
    let period = try reader.span()
    let questionnaires = try reader.natural()
    var controls: [Control] = []
    for _ in 0..<(try reader.count()) {
      let subject = try reader.subject()
      controls.append(Control(subject, try reader.natural()))
    }
    let isSingleEntry = try reader.flag()
    var files: [[UInt8]] = []
    for _ in 0..<(try reader.count()) { files.append(try reader.blob()) }
    self.init(
      pollVersion: version, unit: unit, period: period, questionnaires: questionnaires, controls: controls,
      isSingleEntry: isSingleEntry, files: files)
  }
}
