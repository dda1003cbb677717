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
    case .discard(let entry): self = .discard(try PaperEntryNumber(entry, field: "discard"), why: nil)
    case .discardEntry(let act):
      self = .discard(try PaperEntryNumber(act.entry, field: "discard_entry.entry"), why: act.why)
    case .reset(let why): self = .reset(why: why)
    case .resolve(let act):
      switch act.way {
      case .keep(let entry): self = .resolve(.keep(try PaperEntryNumber(entry, field: "resolve.keep")), why: act.why)
      case .drop(let entry): self = .resolve(.drop(try PaperEntryNumber(entry, field: "resolve.drop")), why: act.why)
      case .correct(let count):
        let cell = PaperCell(
          unit: try UnitPath(paper: count.unit, field: "resolve.correct.unit"),
          day: try Day(paper: count.day, field: "resolve.correct.day"),
          subject: try CellKey.Subject(count.subject, field: "resolve.correct.subject"))
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
      subject: try CellKey.Subject(message.subject, field: "figure.subject"))
  }
}

/// The names of questions and choices are no longer; what is longer is not compared with them.
private let longestName = 64

extension String {
  func named(_ field: @autoclosure () -> String) throws(Refusal) -> String {
    guard utf8.count <= longestName else {
      throw .invalid([Violation(field(), "must be at most \(longestName) bytes")])
    }
    return self
  }
}

extension UnitPath {
  init(paper path: String, field: String) throws(Refusal) {
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
  init(_ first: String, _ last: String, field: String) throws(Refusal) {
    guard let first = Day(iso: first), let last = Day(iso: last) else {
      throw .invalid([Violation(field, "must have days, yyyy-mm-dd")])
    }
    self.init(first: first, last: last)
  }
}

extension Int64 {
  /// What is beyond its range is beyond every bound too.
  init(counted: UInt64) {
    self.init(clamping: counted)
  }
}

extension PaperManifest {
  fileprivate init(_ message: Binhchon_V1_PaperManifest, newest: UInt32) throws(Refusal) {
    let unit = try UnitPath(paper: message.unit, field: "manifest.unit")
    let controls = try message.controls.map { (control) throws(Refusal) in
      Control(
        try CellKey.Subject(control.subject, field: "manifest.controls.subject"), Int64(counted: control.count))
    }
    self.init(
      pollVersion: message.pollVersion == 0 ? newest : message.pollVersion, unit: unit,
      period: try DaySpan(message.firstDay, message.lastDay, field: "manifest.period"),
      questionnaires: Int64(counted: message.questionnaires),
      controls: controls, isSingleEntry: message.singleEntry,
      files: message.files.map(Array.init))
  }
}

extension CellKey.Subject {
  fileprivate init(_ message: Binhchon_V1_PaperSubject, field: String) throws(Refusal) {
    let question = try message.question.named("\(field).question")
    let choice = try message.choice.named("\(field).choice")
    switch (question.isEmpty, choice.isEmpty) {
    case (true, _): self = .ballots
    case (false, true): self = .undervotes(question: question)
    case (false, false): self = .votes(question: question, choice: choice)
    }
  }
}
