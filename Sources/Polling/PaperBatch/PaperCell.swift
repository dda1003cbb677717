/// One of the counts that a batch of paper adds up to.
public struct PaperCell: Hashable, Sendable {
  public var unit: UnitPath
  public var day: Day
  public var subject: CellKey.Subject

  public init(unit: UnitPath, day: Day, subject: CellKey.Subject) {
    self.unit = unit
    self.day = day
    self.subject = subject
  }

  var key: CellKey { CellKey(subject: subject, unit: unit, channel: .paper, flags: [], day: day) }
}

/// A count that two entries did not agree on, as a coordinator read it off the sheets.
public struct PaperCorrection: Hashable, Sendable {
  public var cell: PaperCell
  public var count: Int64
  /// Unit and name.
  public var by: String
  public var at: Timestamp
  public var why: String
  /// Of its act.
  public var number: UInt64
}

/// What a batch counts of something on a day, or on all of them; of a unit and all below it.
public struct PaperFigure: Hashable, Sendable {
  public var unit: UnitPath
  /// Nil: all of them.
  public var day: Day?
  public var subject: CellKey.Subject

  public init(unit: UnitPath, day: Day?, subject: CellKey.Subject) {
    self.unit = unit
    self.day = day
    self.subject = subject
  }

  public func contains(_ key: CellKey) -> Bool {
    key.subject == subject && unit.contains(key.unit) && (day ?? key.day) == key.day
  }

  /// Whether the row is one of those that this figure follows from.
  public func rests(on row: PaperRow, in poll: Poll) -> Bool {
    guard unit.contains(row.unit), (day ?? row.period.last) == row.period.last else { return false }
    switch (subject, row.content) {
    case (.ballots, _): return true
    case (.votes(let question, let choice), .total(let asked, let level, _, _)):
      return asked == question && level == .choice(choice)
    case (.undervotes(let question), .total(let asked, let level, _, _)):
      guard asked == question else { return false }
      // Where several may be chosen, every mark is one that is not left over.
      if case .choice = level { return poll.questions.first { $0.id == question }?.votesAllowed != 1 }
      return true
    case (.votes, .questionnaire(let answers)), (.undervotes, .questionnaire(let answers)):
      var isCounted = false
      poll.forEachCount(of: answers) { counted, _ in isCounted = isCounted || counted == subject }
      return isCounted
    }
  }
}
