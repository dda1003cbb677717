internal import Polling

/// What is kept of every poll's publications, in `publications.json` beside the ledger.
struct PublicationRecords: Codable, Equatable {
  static let currentFormat = 1

  var format = PublicationRecords.currentFormat
  /// The ledger whose counts they are of.
  var epoch: String
  var polls: [String: PublicationRecord] = [:]
  /// Nobody remembers what was published of them.
  var forgotten: Set<String> = []

  /// Of the ledger that was restored with the entries through `revision`.
  mutating func `continue`(as epoch: String, through revision: UInt64) {
    self.epoch = epoch
    polls = polls.mapValues { record in
      var record = record
      for place in record.states.indices where record.states[place].revision > revision {
        record.states[place].isOfLostEntries = true
      }
      return record
    }
  }
}

/// A poll's publication with what decides when there is a next one.
struct PublicationRecord: Codable, Equatable {
  struct State: Codable, Equatable {
    /// A number or a figure: unit, what of it (a day or a window), question and choice (neither: ballots; no choice:
    /// blank).
    struct Cell: Codable, Equatable {
      var unit: String
      var part: Int32
      var question: String?
      var choice: String?
      var count: Int64?
    }

    var revision: UInt64
    var today: Int32
    var counts: [Cell]
    var shown: [Cell]
    /// See ``PublicationState/isOfLostEntries``. Nil: they are not.
    var isOfLostEntries: Bool?
  }

  var threshold: UInt32
  var pollVersion: UInt32
  /// When the last state was released, and when the next release may be tried. Unix milliseconds.
  var asOf: Int64
  var nextTry: Int64
  var states: [State]
  var isBased: Bool
  var hasCorrections: Bool
  var isMultiple: [String: Bool]
  /// Of days before it nothing is published: see ``Publication/firstDay``.
  var firstDay: Int32?
  /// It was made by who holds on to k when a later version says 1. Nil: by who took such a version at its word.
  var upholds: Bool?
}

extension PublicationRecord {
  init(
    _ publication: Publication, threshold: UInt32, pollVersion: UInt32, asOf: Timestamp, nextTry: Timestamp
  ) {
    self.init(
      threshold: threshold, pollVersion: pollVersion, asOf: asOf.milliseconds, nextTry: nextTry.milliseconds,
      states: publication.states.map(State.init), isBased: publication.isBased,
      hasCorrections: publication.hasCorrections, isMultiple: publication.isMultiple,
      firstDay: publication.firstDay?.number, upholds: true)
  }

  /// Of a poll of which nothing was told, or is to be taken for told.
  init(beginning version: UInt32, threshold: UInt32) {
    self.init(
      Publication(), threshold: threshold, pollVersion: version, asOf: Timestamp(milliseconds: 0),
      nextTry: Timestamp(milliseconds: 0))
  }

  /// - Throws: ``InvalidValue`` for what was never written.
  var publication: Publication {
    get throws(InvalidValue) {
      var restored: [PublicationState] = []
      for state in states { restored.append(try state.restored) }
      return Publication(
        states: restored, isBased: isBased, hasCorrections: hasCorrections, isMultiple: isMultiple,
        firstDay: firstDay.map { Day(number: $0) })
    }
  }
}

extension PublicationRecord.State {
  fileprivate init(_ state: PublicationState) {
    self.init(
      revision: state.revision, today: state.today.number,
      counts: state.counts.cells.map { cell, count in
        Cell(cell.unit, cell.day.number, cell.subject, count: count)
      },
      shown: state.shown.map { Cell($0.unit, Int32($0.window.rawValue), $0.subject, count: nil) },
      isOfLostEntries: state.isOfLostEntries ? true : nil)
  }

  fileprivate var restored: PublicationState {
    get throws(InvalidValue) {
      var counts: [DailyCounts.Cell: Int64] = [:]
      for cell in self.counts {
        let key = DailyCounts.Cell(
          unit: try UnitPath(cell.unit), day: Day(number: cell.part), subject: try cell.subject)
        counts[key, default: 0] &+= cell.count ?? 0
      }
      var shown: Set<PublicationState.Place> = []
      for cell in self.shown {
        guard let window = UInt8(exactly: cell.part).flatMap(Window.init) else {
          throw InvalidValue(field: "publication", problem: "names an unknown window")
        }
        shown.insert(PublicationState.Place(unit: try UnitPath(cell.unit), window: window, subject: try cell.subject))
      }
      return PublicationState(
        revision: revision, today: Day(number: today), counts: DailyCounts(counts), shown: shown,
        isOfLostEntries: isOfLostEntries ?? false)
    }
  }
}

extension PublicationRecord.State.Cell {
  fileprivate init(_ unit: UnitPath, _ part: Int32, _ subject: CellKey.Subject, count: Int64?) {
    self.init(unit: unit.rawValue, part: part, count: count)
    switch subject {
    case .ballots: break
    case .votes(let question, let choice): (self.question, self.choice) = (question, choice)
    case .undervotes(let question): self.question = question
    }
  }

  fileprivate var subject: CellKey.Subject {
    get throws(InvalidValue) {
      switch (question, choice) {
      case (nil, nil): return .ballots
      case (let question?, let choice?): return .votes(question: question, choice: choice)
      case (let question?, nil): return .undervotes(question: question)
      case (nil, _?): throw InvalidValue(field: "publication", problem: "names a choice of no question")
      }
    }
  }
}
