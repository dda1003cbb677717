/// All cells of one poll, arranged so that a tally of any unit and its subtree is a short sum.
///
/// Kept per exact unit and channel, as a running total and a row per day; a tally adds up the series below its unit,
/// and of each only the days that a window can contain. So its cost grows with the units, not with the history.
public struct TallyCells: Sendable {
  /// Counts by the position that `positions` gives to their subject.
  private struct Row: Sendable {
    var ballots: Int64 = 0
    var flaggedBallots: Int64 = 0
    var boundBallots: Int64 = 0
    var singleEntryBallots: Int64 = 0
    var counts: [Int64] = []

    /// Wrapping: the numbers may come from a damaged file, which is for the recount to tell, not for a trap.
    mutating func add(_ count: Int64, at position: Int) {
      if position >= counts.count {
        counts.append(contentsOf: repeatElement(0, count: position + 1 - counts.count))
      }
      counts[position] &+= count
    }

    mutating func add(_ row: Row) {
      ballots &+= row.ballots
      flaggedBallots &+= row.flaggedBallots
      boundBallots &+= row.boundBallots
      singleEntryBallots &+= row.singleEntryBallots
      for (position, count) in row.counts.enumerated() where count != 0 { add(count, at: position) }
    }
  }

  private struct Source: Hashable, Sendable {
    var unit: UnitPath
    var channel: Channel
  }

  private struct Series: Sendable {
    var total = Row()
    var days: [Day: Row] = [:]

    mutating func update(_ day: Day, _ change: (inout Row) -> Void) {
      change(&total)
      change(&days[day, default: Row()])
    }
  }

  private var positions: [CellKey.Subject: Int] = [:]
  private var series: [Source: Series] = [:]

  public init(_ cells: [CellKey: Int64] = [:]) {
    fold(cells)
  }

  /// Adds what a commit changed.
  public mutating func fold(_ delta: [CellKey: Int64]) {
    for (key, count) in delta {
      let source = Source(unit: key.unit, channel: key.channel)
      let isCounted = key.flags.isCounted
      switch key.subject {
      case .ballots:
        series[source, default: Series()].update(key.day) {
          if isCounted { $0.ballots &+= count } else { $0.flaggedBallots &+= count }
          if isCounted, key.flags.contains(.bound) { $0.boundBallots &+= count }
          if isCounted, key.flags.contains(.singleEntry) { $0.singleEntryBallots &+= count }
        }
      case .votes, .undervotes:
        // A flagged ballot is known by its number only.
        guard isCounted else { continue }
        let position = positions[key.subject] ?? positions.count
        positions[key.subject] = position
        series[source, default: Series()].update(key.day) { $0.add(count, at: position) }
      }
    }
  }

  /// All that is counted, by day. Choices that no version of the poll has any more are in it too.
  public var daily: DailyCounts {
    var daily = DailyCounts()
    for (source, series) in series {
      for (day, row) in series.days {
        func add(_ count: Int64, _ subject: CellKey.Subject) {
          guard count != 0 else { return }
          daily.cells[DailyCounts.Cell(unit: source.unit, day: day, subject: subject), default: 0] &+= count
        }
        add(row.ballots, .ballots)
        for (subject, position) in positions where position < row.counts.count { add(row.counts[position], subject) }
      }
    }
    return daily
  }

  /// The figures of `unit` and all below it, in every window as seen on `today`.
  ///
  /// - Parameters:
  ///   - channel: nil: all of them.
  ///   - poll: which questions and choices to show, and in which order. Ballots cast in another version of the poll
  ///     are in n, and in a question's counts as far as that version had the question.
  public func tally(unit: UnitPath, channel: Channel?, today: Day, poll: Poll, revision: UInt64) -> Tally {
    let days = WindowDays(today: today)
    var sums = [WindowSum](repeating: WindowSum(), count: Window.allCases.count)
    for (source, series) in series where unit.contains(source.unit) && (channel ?? source.channel) == source.channel {
      for (index, window) in Window.allCases.enumerated() where window == .total {
        sums[index].add(series.total, from: source.channel)
      }
      for (day, windows) in days.windows {
        guard let row = series.days[day] else { continue }
        for index in windows { sums[index].add(row, from: source.channel) }
      }
    }
    return Tally(
      unit: unit, channel: channel, revision: revision, today: today,
      windows: zip(Window.allCases, sums).map { windowCount($0, $1, poll) })
  }

  private func windowCount(_ window: Window, _ sum: WindowSum, _ poll: Poll) -> Tally.WindowCount {
    func count(_ subject: CellKey.Subject) -> Int64 {
      guard let position = positions[subject], position < sum.row.counts.count else { return 0 }
      return sum.row.counts[position]
    }
    return Tally.WindowCount(
      window: window, ballots: sum.row.ballots, flaggedBallots: sum.row.flaggedBallots,
      boundBallots: sum.row.boundBallots, singleEntryBallots: sum.row.singleEntryBallots,
      questions: poll.questions.map { question in
        let codes = question.choices.map(\.code)
        return Tally.QuestionCount(
          question: question.id, codes: codes,
          counts: codes.map { count(.votes(question: question.id, choice: $0)) },
          undervotes: count(.undervotes(question: question.id)))
      },
      channels: sum.channels.filter { $0.value != 0 })
  }

  private struct WindowSum {
    var row = Row()
    /// Counted ballots.
    var channels: [Channel: Int64] = [:]

    mutating func add(_ row: Row, from channel: Channel) {
      self.row.add(row)
      channels[channel, default: 0] &+= row.ballots
    }
  }
}

/// The days that a window other than the total contains, each with the positions of its windows in `Window.allCases`.
private struct WindowDays {
  var windows: [(day: Day, windows: [Int])] = []

  init(today: Day) {
    // A month has 31 days at most, a week reaches 6 days over its end.
    for number in Int(today.number) - 37...Int(today.number) + 37 {
      guard let number = Int32(exactly: number) else { continue }
      let day = Day(number: number)
      let indices = Window.allCases.indices.filter { index in
        let window = Window.allCases[index]
        return window != .total && window.contains(day, today: today)
      }
      if !indices.isEmpty { windows.append((day, indices)) }
    }
  }
}
