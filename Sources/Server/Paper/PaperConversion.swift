internal import Foundation
internal import Polling
internal import Schema

// Acts of paper: message → value.

extension PaperEvent {
  /// - Parameter newest: the version of a manifest that names none.
  init(_ message: Binhchon_V1_EnterPaperActRequest, newest: UInt32) throws(Refusal) {
    switch message.act {
    case .putManifest(let act): self = .putManifest(try PaperManifest(act.manifest, newest: newest), why: act.why)
    case .claim(let entry): self = .claim(try PaperEntryNumber(entry, field: "claim"))
    case .rows(let chunk): self = .rows(try PaperChunk(chunk))
    case .finalise(let act):
      self = .finalise(try PaperEntryNumber(act.entry, field: "finalise.entry"), warnings: act.warnings)
    case .discard(let entry): self = .discard(try PaperEntryNumber(entry, field: "discard"))
    case .reset(let why): self = .reset(why: why)
    case .resolve(let act):
      switch act.way {
      case .keep(let entry): self = .resolve(.keep(try PaperEntryNumber(entry, field: "resolve.keep")), why: act.why)
      case .drop(let entry): self = .resolve(.drop(try PaperEntryNumber(entry, field: "resolve.drop")), why: act.why)
      case .correct(let count):
        let cell = PaperCell(
          unit: try UnitPath(paper: count.unit, field: "resolve.correct.unit"),
          day: try Day(paper: count.day, field: "resolve.correct.day"), subject: CellKey.Subject(count.subject))
        self = .resolve(.correct(cell, count: Int64(counted: count.count)), why: act.why)
      case nil: throw .invalid([Violation("resolve", "must keep or drop an entry, or correct a count")])
      }
    case .accept: self = .accept
    case .proposeReversal(let why): self = .proposeReversal(why: why)
    case .withdrawReversal(let why): self = .withdrawReversal(why: why)
    case .confirmReversal: self = .confirmReversal
    case .draw(let draw): self = .drawSheets(seed: draw.seed, sheets: draw.sheets)
    case .record(let record):
      guard record.findings.count <= PaperAudit.mostSheets else {
        throw .invalid([Violation("record", "is of more than \(PaperAudit.mostSheets) sheets")])
      }
      self = .recordSheets(
        try record.findings.map { finding throws(Refusal) in
          guard let verdict = UInt8(exactly: finding.verdict.rawValue).flatMap(PaperAudit.Verdict.init) else {
            throw .invalid([Violation("record.findings", "must each be a match or a mismatch")])
          }
          return PaperAudit.Finding(sheet: finding.sheet, verdict)
        }, why: record.why)
    case nil: throw .invalid([Violation("act", "is missing")])
    }
  }
}

extension PaperEntryNumber {
  init(_ number: UInt32, field: String) throws(Refusal) {
    guard let number = UInt8(exactly: number).flatMap(PaperEntryNumber.init) else {
      throw .invalid([Violation(field, "must be entry 1 or 2")])
    }
    self = number
  }
}

extension PaperFigure {
  init(_ message: Binhchon_V1_PaperFigure) throws(Refusal) {
    self.init(
      unit: try UnitPath(paper: message.unit, field: "figure.unit"),
      day: message.day.isEmpty ? nil : try Day(paper: message.day, field: "figure.day"),
      subject: CellKey.Subject(message.subject))
  }
}

extension UnitPath {
  fileprivate init(paper path: String, field: String) throws(Refusal) {
    do { self = try UnitPath(path) } catch { throw .invalid([Violation(field, error.problem)]) }
  }
}

extension Day {
  fileprivate init(paper text: String, field: String) throws(Refusal) {
    guard let day = Day(iso: text) else { throw .invalid([Violation(field, "must be a day, yyyy-mm-dd")]) }
    self = day
  }
}

extension DaySpan {
  fileprivate init(_ first: String, _ last: String, field: String) throws(Refusal) {
    guard let first = Day(iso: first), let last = Day(iso: last) else {
      throw .invalid([Violation(field, "must have days, yyyy-mm-dd")])
    }
    self.init(first: first, last: last)
  }
}

/// The unit and the days of the row before, read once: the rows of a sheet stand together.
private struct PaperPlace {
  private var unit: (text: String, path: UnitPath)?
  private var days: (first: String, last: String, span: DaySpan)?

  mutating func unit(_ text: String, _ row: Int) throws(Refusal) -> UnitPath {
    if let unit, unit.text.isSameBytes(as: text) { return unit.path }
    let path = try UnitPath(paper: text, field: "rows[\(row)].unit")
    unit = (text, path)
    return path
  }

  mutating func span(_ first: String, _ last: String, _ row: Int) throws(Refusal) -> DaySpan {
    if let days, days.first.isSameBytes(as: first), days.last.isSameBytes(as: last) { return days.span }
    let span = try DaySpan(first, last, field: "rows[\(row)].period")
    days = (first, last, span)
    return span
  }
}

extension String {
  fileprivate func isSameBytes(as other: String) -> Bool {
    utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
  }
}

extension Int64 {
  /// What is beyond its range is beyond every bound too.
  fileprivate init(counted: UInt64) {
    self.init(clamping: counted)
  }
}

extension PaperManifest {
  fileprivate init(_ message: Binhchon_V1_PaperManifest, newest: UInt32) throws(Refusal) {
    let unit = try UnitPath(paper: message.unit, field: "manifest.unit")
    self.init(
      pollVersion: message.pollVersion == 0 ? newest : message.pollVersion, unit: unit,
      period: try DaySpan(message.firstDay, message.lastDay, field: "manifest.period"),
      questionnaires: Int64(counted: message.questionnaires),
      controls: message.controls.map { Control(CellKey.Subject($0.subject), Int64(counted: $0.count)) },
      isSingleEntry: message.singleEntry, files: message.files.map(Array.init))
  }
}

extension CellKey.Subject {
  fileprivate init(_ message: Binhchon_V1_PaperSubject) {
    switch (message.question.isEmpty, message.choice.isEmpty) {
    case (true, _): self = .ballots
    case (false, true): self = .undervotes(question: message.question)
    case (false, false): self = .votes(question: message.question, choice: message.choice)
    }
  }
}

extension PaperChunk {
  fileprivate init(_ message: Binhchon_V1_PaperChunk) throws(Refusal) {
    guard message.rows.count <= PaperChunk.mostRows else {
      throw .invalid([Violation("rows", "must be 1 to \(PaperChunk.mostRows)")])
    }
    var rows: [PaperRow] = []
    rows.reserveCapacity(message.rows.count)
    var place = PaperPlace()
    for (index, row) in message.rows.enumerated() { rows.append(try PaperRow(row, &place, index)) }
    self.init(
      entry: try PaperEntryNumber(message.entry, field: "rows.entry"), file: Array(message.file),
      fileName: message.fileName, number: message.number, isLast: message.last, rows: rows)
  }
}

extension PaperRow {
  fileprivate init(_ message: Binhchon_V1_PaperRow, _ place: inout PaperPlace, _ index: Int) throws(Refusal) {
    var field: String { "rows[\(index)]" }
    let unit = try place.unit(message.unit, index)
    let content: Content
    switch message.content {
    case .total(let total):
      let level: Level
      switch total.level {
      case .choice: level = .choice(total.choice)
      case .blank: level = .blank
      case .invalid: level = .invalid
      case .unspecified, .UNRECOGNIZED: throw .invalid([Violation("\(field).level", "is missing or unknown")])
      }
      var questionnaires: Int64?
      if case .questionnaires(let count) = total.sheet { questionnaires = Int64(counted: count) }
      content = .total(
        question: total.question, level: level, count: Int64(counted: total.count), questionnaires: questionnaires)
    case .questionnaire(let questionnaire):
      content = .questionnaire(
        questionnaire.answers.map { Answer(question: $0.question, choices: $0.choices) })
    case nil: throw .invalid([Violation(field, "says nothing")])
    }
    self.init(
      number: message.number, label: message.label, unit: unit,
      period: try place.span(message.firstDay, message.lastDay, index), content: content)
  }
}
