/// All counts of one poll by ``FigureKey``, from which the figures of any slice are added up.
///
/// A row per key and a column per thing that is counted: a slice goes through the keys once and then through the few
/// columns it shows.
public struct SliceCells: Sendable {
  private struct PackedKey: Hashable {
    var day: Int32
    var unit: Int32
    var procedure: Int32
    var source: Int32
    var channel: Channel
    var flags: RecordFlags
  }

  private var units = Numbers<UnitPath>()
  private var procedures = Numbers<ProcedureCode?>()
  private var sources = Numbers<String>()
  private var keys: [PackedKey] = []
  private var rows: [PackedKey: Int32] = [:]
  private var columns: [CellKey.Subject: [Int64]] = [:]

  public init() {}

  /// Of procedures that have no row of their own.
  public static let otherProcedure = try? ProcedureCode("other")

  /// About what it takes of memory, in numbers of 8 bytes: the counts with zeros, and each key and name twice, in a row
  /// and in a table that is never quite full.
  public var size: Int {
    keys.count * (columns.count + 12) + units.size(\.rawValue) + procedures.size { $0?.rawValue ?? "" }
      + sources.size(\.self)
  }

  /// Adds what so many records with this key and these answers add, by the one rule of counting.
  ///
  /// - Parameters:
  ///   - times: negative for records that were voided.
  ///   - poll: in the version that they are counted in.
  public mutating func add(_ times: Int64, of key: FigureKey, _ answers: [Answer], in poll: Poll) {
    let row = row(of: key)
    poll.forEachCount(of: answers) { subject, count in
      columns[subject, default: []].add(count &* times, at: row)
    }
  }

  /// Adds to one count.
  public mutating func add(_ count: Int64, of key: FigureKey, _ subject: CellKey.Subject) {
    columns[subject, default: []].add(count, at: row(of: key))
  }

  /// Adds everything that others of the same poll count.
  ///
  /// - Parameter mostProcedures: beyond so many, procedures that have not come before are counted as ``otherProcedure``:
  ///   anybody who casts a ballot may make one up.
  public mutating func fold(_ other: SliceCells, mostProcedures: Int = .max) {
    let folded = other.procedures.values.map { code -> ProcedureCode? in
      guard let code, procedures.values.count >= mostProcedures, !procedures.contains(code) else { return code }
      return Self.otherProcedure
    }
    let rows = other.keys.map { key in
      row(
        of: FigureKey(
          day: Day(number: key.day), unit: other.units.values[Int(key.unit)],
          procedure: folded[Int(key.procedure)], source: other.sources.values[Int(key.source)],
          channel: key.channel, flags: key.flags))
    }
    for (subject, counts) in other.columns {
      for (row, count) in zip(rows, counts) where count != 0 {
        columns[subject, default: []].add(count, at: row)
      }
    }
  }

  private mutating func row(of key: FigureKey) -> Int {
    let packed = PackedKey(
      day: key.day.number, unit: units.number(of: key.unit), procedure: procedures.number(of: key.procedure),
      source: sources.number(of: key.source), channel: key.channel, flags: key.flags)
    if let row = rows[packed] { return Int(row) }
    let row = keys.count
    keys.append(packed)
    rows[packed] = Int32(clamping: row)
    return row
  }

  /// - Parameters:
  ///   - poll: which questions and choices to show, and in which order. Ballots cast in another version of the poll are
  ///     in n, and in a question's counts as far as that version had the question.
  ///   - rollUp: where what was voted on a unit on a day is counted. Nil: there.
  /// - Returns: the figures.
  public func figures(_ query: SliceQuery, of poll: Poll, rollUp: UnitRollUp? = nil) -> SliceFigures {
    figures(query, of: poll, rollUp: rollUp, mostRows: .max)
      ?? SliceFigures(query: query, rows: [], total: SliceFigures.Row(emptyFor: poll))
  }

  /// The same; nil where it would be more rows than are wanted: a row has a number for each choice of the poll.
  public func figures(
    _ query: SliceQuery, of poll: Poll, rollUp: UnitRollUp? = nil, mostRows: Int
  ) -> SliceFigures? {
    var groups = Grouping(query, units, sources, procedures, rollUp)
    // Which group each row is counted in; those in none are left out.
    var members: [(row: Int, group: Int, flags: RecordFlags)] = []
    for (row, key) in keys.enumerated() {
      guard
        let group = groups.group(
          day: Day(number: key.day), unit: Int(key.unit), procedure: Int(key.procedure), source: Int(key.source),
          channel: key.channel)
      else { continue }
      guard groups.labels.count <= mostRows else { return nil }
      members.append((row, group, key.flags))
    }

    var sums = [SliceFigures.Row](
      repeating: SliceFigures.Row(emptyFor: poll), count: groups.labels.count)
    for (group, labels) in groups.labels.enumerated() { sums[group].labels = labels }
    for group in groups.withUnitsThatEnded { sums[group].hasUnitsThatEnded = true }
    if let ballots = columns[.ballots] {
      for (row, group, flags) in members where row < ballots.count {
        guard flags.isCounted else {
          sums[group].flaggedBallots &+= ballots[row]
          continue
        }
        sums[group].ballots &+= ballots[row]
        if flags.contains(.bound) { sums[group].boundBallots &+= ballots[row] }
        if flags.contains(.late) { sums[group].lateBallots &+= ballots[row] }
        if flags.contains(.singleEntry) { sums[group].singleEntryBallots &+= ballots[row] }
      }
    }
    // A flagged ballot is known by its number only.
    members.removeAll { !$0.flags.isCounted }
    for (place, question) in poll.questions.enumerated() {
      for (code, choice) in question.choices.enumerated() {
        add(columns[.votes(question: question.id, choice: choice.code)], members) {
          sums[$0].questions[place].counts[code] &+= $1
        }
      }
      add(columns[.undervotes(question: question.id)], members) { sums[$0].questions[place].undervotes &+= $1 }
    }

    sums.removeAll { row in
      row.ballots == 0 && row.flaggedBallots == 0 && row.boundBallots == 0 && row.lateBallots == 0
        && row.questions.allSatisfy { $0.undervotes == 0 && $0.counts.allSatisfy { $0 == 0 } }
    }
    sums.sort { left, right in
      left.labels.lexicographicallyPrecedes(right.labels)
    }
    var total = SliceFigures.Row(emptyFor: poll)
    for row in sums { total.add(row) }
    total.hasUnitsThatEnded = sums.contains(where: \.hasUnitsThatEnded)
    return SliceFigures(query: query, rows: sums, total: total)
  }

  private func add(
    _ column: [Int64]?, _ members: [(row: Int, group: Int, flags: RecordFlags)], _ add: (Int, Int64) -> Void
  ) {
    guard let column else { return }
    for (row, group, _) in members where row < column.count && column[row] != 0 { add(group, column[row]) }
  }
}

/// Small numbers for values, in the order of their coming.
struct Numbers<Value: Hashable & Sendable>: Sendable {
  private(set) var values: [Value] = []
  private var numbers: [Value: Int32] = [:]

  func contains(_ value: Value) -> Bool { numbers[value] != nil }

  /// In numbers of 8 bytes.
  func size(_ text: (Value) -> String) -> Int { values.reduce(0) { $0 + 12 + text($1).utf8.count / 8 } }

  mutating func number(of value: Value) -> Int32 {
    if let number = numbers[value] { return number }
    let number = Int32(clamping: values.count)
    values.append(value)
    numbers[value] = number
    return number
  }
}

/// Which row of the answer each key belongs to.
private struct Grouping {
  private let query: SliceQuery
  private let units: [UnitPath]
  private let sources: [String]
  private let procedures: [ProcedureCode?]
  private let rollUp: UnitRollUp?
  private let hasSource: [Bool]
  private let hasProcedure: [Bool]
  private var numbers: [[SliceFigures.Label]: Int] = [:]
  private(set) var labels: [[SliceFigures.Label]] = []
  private(set) var withUnitsThatEnded: Set<Int> = []
  /// By unit and day, where the roll-up counts it; by unit without one. Nil inside: outside the query's unit.
  private var places: [VotedOn: Place?] = [:]

  private struct VotedOn: Hashable {
    var unit: Int
    var day: Day?
  }

  private struct Place {
    var path: UnitPath
    /// Of a unit that is no more.
    var hasEnded: Bool
  }

  init(
    _ query: SliceQuery, _ units: Numbers<UnitPath>, _ sources: Numbers<String>,
    _ procedures: Numbers<ProcedureCode?>, _ rollUp: UnitRollUp?
  ) {
    self.query = query
    self.units = units.values
    self.sources = sources.values
    self.procedures = procedures.values
    self.rollUp = rollUp
    hasSource = sources.values.map { query.sources?.contains($0) ?? true }
    hasProcedure = procedures.values.map { query.procedures?.contains($0) ?? true }
  }

  mutating func group(day: Day, unit: Int, procedure: Int, source: Int, channel: Channel) -> Int? {
    guard query.period.contains(day), query.channels?.contains(channel) ?? true, hasSource[source],
      hasProcedure[procedure], let place = place(of: unit, on: day)
    else { return nil }
    let labels = query.dimensions.map { dimension -> SliceFigures.Label in
      switch dimension {
      case .counter: .unit(place.path)
      case .unit: .unit(query.unit.child(towards: place.path))
      case .procedure: .procedure(procedures[procedure])
      case .kiosk: .kiosk(sources[source])
      case .channel: .channel(channel)
      case .day: .span(.day, day)
      case .week: .span(.week, CalendarSpan.week.start(of: day))
      case .month: .span(.month, CalendarSpan.month.start(of: day))
      case .quarter: .span(.quarter, CalendarSpan.quarter.start(of: day))
      case .year: .span(.year, CalendarSpan.year.start(of: day))
      }
    }
    let number = numbers[labels] ?? self.labels.count
    if number == self.labels.count {
      numbers[labels] = number
      self.labels.append(labels)
    }
    if place.hasEnded { withUnitsThatEnded.insert(number) }
    return number
  }

  private mutating func place(of unit: Int, on day: Day) -> Place? {
    let key = VotedOn(unit: unit, day: rollUp == nil ? nil : day)
    if let known = places[key] { return known }
    let path = rollUp.map { $0.shownUnit(for: units[unit], on: day) } ?? units[unit]
    let place = path.flatMap { path in
      query.unit.contains(path) ? Place(path: path, hasEnded: rollUp?.stays(units[unit], on: day) ?? false) : nil
    }
    places[key] = .some(place)
    return place
  }
}

extension UnitPath {
  /// The child of this unit that `other` is, or lies below; itself if it is this unit.
  fileprivate func child(towards other: UnitPath) -> UnitPath {
    let rest = other.rawValue.utf8.dropFirst(rawValue.utf8.count + 1)
    guard let name = rest.split(separator: UInt8(ascii: "/"), maxSplits: 1).first else { return other }
    return (try? UnitPath("\(rawValue)/\(String(decoding: name, as: UTF8.self))")) ?? other
  }
}

extension SliceFigures.Row {
  fileprivate init(emptyFor poll: Poll) {
    self.init(
      labels: [], ballots: 0, flaggedBallots: 0, boundBallots: 0, lateBallots: 0,
      questions: poll.questions.map { question in
        Tally.QuestionCount(
          question: question.id, codes: question.choices.map(\.code),
          counts: question.choices.map { _ in 0 }, undervotes: 0)
      })
  }

  /// Of the same poll.
  fileprivate mutating func add(_ other: Self) {
    ballots &+= other.ballots
    flaggedBallots &+= other.flaggedBallots
    boundBallots &+= other.boundBallots
    lateBallots &+= other.lateBallots
    singleEntryBallots &+= other.singleEntryBallots
    for (place, question) in other.questions.enumerated() where place < questions.count {
      questions[place].undervotes &+= question.undervotes
      for (code, count) in question.counts.enumerated() where code < questions[place].counts.count {
        questions[place].counts[code] &+= count
      }
    }
  }
}

extension [Int64] {
  /// Wrapping: the numbers may come from a damaged file, which is for the recount to tell, not for a trap.
  fileprivate mutating func add(_ count: Int64, at row: Int) {
    if row >= self.count { append(contentsOf: repeatElement(0, count: row + 1 - self.count)) }
    self[row] &+= count
  }
}
