extension PaperRows {
  /// Longer than any label, unit, question or choice that a row may have.
  public static let longestName = 600
  /// Than any question or choice.
  public static let longestCode = 64

  /// Makes ``PaperRows``, of rows or of places in a list that somebody else made: whatever that list, equal rows come to
  /// equal names in equal order, or to an error.
  public struct Builder: Sendable {
    /// What a row, or an answer, takes besides its names.
    private static let (rowBytes, nameBytes) = (64, 8)

    private var rows = PaperRows()
    private var places: [NameBytes: UInt32] = [:]
    /// Which unit a name is; -1: none yet.
    private var unitOf: [Int32] = []
    /// So many names were said by rows.
    private var said = 0
    /// The names of the row before: rows of a sheet stand together.
    private var (label, unit, question): (UInt32, UInt32, UInt32) = (0, 0, 0)

    public init() {}

    public var count: Int { rows.packed.count }
    /// ``PaperRows/writtenBytes`` so far.
    public var writtenBytes: Int { rows.writtenBytes }

    /// - Throws: `InvalidValue` for names that are too long, or twice the same.
    public init(names: [String]) throws(InvalidValue) {
      places.reserveCapacity(names.count)
      rows.names.reserveCapacity(names.count)
      for name in names { _ = try list(name) }
      guard rows.names.count == names.count else {
        throw InvalidValue(field: "names", problem: "must each be listed once")
      }
    }

    public mutating func reserveCapacity(_ count: Int) {
      rows.packed.reserveCapacity(count)
    }

    /// The place of a name, which is at the end of the list if it was not on it.
    ///
    /// - Parameter guess: a place where it may be.
    private mutating func list(_ name: String, _ guess: UInt32? = nil) throws(InvalidValue) -> UInt64 {
      if let guess, guess < rows.names.count, NameBytes(rows.names[Int(guess)]) == NameBytes(name) {
        return UInt64(guess)
      }
      guard name.utf8.count <= longestName else {
        throw InvalidValue(field: "names", problem: "must be at most \(longestName) bytes each")
      }
      if let known = places[NameBytes(name)] { return UInt64(known) }
      places[NameBytes(name)] = UInt32(clamping: rows.names.count)
      rows.names.append(name)
      unitOf.append(-1)
      return UInt64(rows.names.count - 1)
    }

    // MARK: - Places

    /// A place that a row says: of a name that was said before, or of the next one.
    public mutating func name(_ place: UInt64) throws(InvalidValue) -> UInt32 {
      guard place < UInt64(rows.names.count), place <= UInt64(said) else {
        throw InvalidValue(field: "names", problem: "has no such place, or it comes before its turn")
      }
      if place == UInt64(said) { said += 1 }
      rows.writtenBytes += rows.names[Int(place)].utf8.count + Self.nameBytes
      return UInt32(truncatingIfNeeded: place)
    }

    /// A place of a question or a choice.
    public mutating func code(_ place: UInt64) throws(InvalidValue) -> UInt32 {
      let place = try name(place)
      try Self.checkCode(rows.names[Int(place)])
      return place
    }

    private static func checkCode(_ name: String) throws(InvalidValue) {
      guard name.utf8.count <= longestCode else {
        throw InvalidValue(field: "names", problem: "must be at most \(longestCode) bytes of a question or a choice")
      }
    }

    /// The unit with this name.
    public mutating func unit(_ place: UInt64) throws(InvalidValue) -> UInt32 {
      let place = try name(place)
      let known = unitOf[Int(place)]
      if known >= 0 { return UInt32(known) }
      let index = rows.units.count
      rows.units.append(NamedUnit(path: try UnitPath(rows.names[Int(place)]), place: place))
      unitOf[Int(place)] = Int32(clamping: index)
      return UInt32(clamping: index)
    }

    public mutating func append(_ row: Row) {
      rows.writtenBytes += Self.rowBytes
      rows.packed.append(row)
    }

    /// The answers of a questionnaire.
    ///
    /// - Parameter next: what ``PaperRows/answers`` has next; throws when there is no more.
    public mutating func answers(_ next: () throws(InvalidValue) -> UInt64) throws(InvalidValue) -> Content {
      func count() throws(InvalidValue) -> UInt32 {
        guard let count = UInt32(exactly: try next()) else {
          throw InvalidValue(field: "answers", problem: "must be fewer")
        }
        return count
      }
      let start = rows.answers.count
      let answers = try count()
      rows.answers.append(answers)
      for _ in 0..<answers {
        rows.answers.append(try code(try next()))
        let choices = try count()
        rows.answers.append(choices)
        for _ in 0..<choices { rows.answers.append(try code(try next())) }
      }
      return .questionnaire(start..<rows.answers.count)
    }

    // MARK: - Rows

    public mutating func append(_ row: PaperRow) throws(InvalidValue) {
      label = try name(try list(row.label, label))
      let unit = try unit(try list(row.unit.rawValue, self.unit))
      self.unit = rows.units[Int(unit)].place
      let content: Content
      switch row.content {
      case .total(let question, let level, let count, let questionnaires):
        self.question = try say(question, self.question)
        let packed: Level
        switch level {
        case .choice(let code): packed = .choice(try say(code))
        case .blank: packed = .blank
        case .invalid: packed = .invalid
        }
        content = .total(question: self.question, level: packed, count: count, questionnaires: questionnaires)
      case .questionnaire(let answers):
        let start = rows.answers.count
        rows.answers.append(UInt32(clamping: answers.count))
        for answer in answers {
          rows.answers.append(try say(answer.question))
          rows.answers.append(UInt32(clamping: answer.choices.count))
          for choice in answer.choices { rows.answers.append(try say(choice)) }
        }
        content = .questionnaire(start..<rows.answers.count)
      }
      append(Row(number: row.number, label: label, unit: unit, period: row.period, content: content))
    }

    private mutating func say(_ code: String, _ guess: UInt32? = nil) throws(InvalidValue) -> UInt32 {
      try Self.checkCode(code)
      return try name(try list(code, guess))
    }

    /// - Throws: `InvalidValue` if a name is listed that no row says.
    public consuming func finish() throws(InvalidValue) -> PaperRows {
      guard said == rows.names.count else {
        throw InvalidValue(field: "names", problem: "must each be said by a row")
      }
      return rows
    }
  }
}
