public import Polling
internal import SQLite

/// What some entries, one after the other, add to the figures of each poll.
public struct SliceCounts: Sendable {
  /// The sequence of the last entry that is in it.
  public var through: UInt64
  /// The sequence of the last entry there was.
  public var last: UInt64
  public var polls: [PollID: SliceCells] = [:]
  /// Of today and yesterday: what every other day was like by the hour, nobody asks.
  public var hours: [PollID: HourCounts] = [:]

  public init(
    through: UInt64, last: UInt64, polls: [PollID: SliceCells] = [:], hours: [PollID: HourCounts] = [:]
  ) {
    self.through = through
    self.last = last
    self.polls = polls
    self.hours = hours
  }
}

extension SliceCounts {
  /// Reads the entries after a sequence, so many at most.
  init(_ connection: Connection, after: UInt64, limit: Int, today: Day) throws(SQLiteError) {
    let last = UInt64(bitPattern: try connection.integer("SELECT max(seq) FROM entry") ?? 0)
    var reading = try SliceReading(try Definitions.load(connection), connection, hoursFrom: today.advanced(by: -1))
    let entries = try connection.prepare(
      "SELECT seq, kind, body, crc FROM entry WHERE seq > ? ORDER BY seq LIMIT ?")
    try entries.bind(1, Int64(bitPattern: after))
    try entries.bind(2, Int64(limit))
    var through = after
    while try entries.step() {
      through = UInt64(bitPattern: entries.integer(0))
      switch UInt8(exactly: entries.integer(1)).flatMap(EntryKind.init) {
      case .cast?:
        try EntryTable.checked(entries, .cast) { (body) throws(FormatError) in try reading.count(body, 1) }
      case .void?:
        let cast = try EntryTable.checked(entries, .void) { (body) throws(FormatError) in
          try VoidEntry(body).sequence
        }
        try reading.void(cast)
      case .act?:
        let act = try EntryTable.checked(entries, .act) { (body) throws(FormatError) in try ActEntry(body).act }
        reading.count(act, 1)
        if let number = act.reverses { reading.count(try ActTables.act(connection, number, of: act.register), -1) }
      default: break
      }
      try reading.drainIfFull()
    }
    let polls = try reading.finish()
    self.init(through: through, last: last, polls: polls, hours: reading.hours)
  }
}

/// Counts equal ballots by their bytes and looks into each kind once, as a recount does.
private struct SliceReading {
  private let definitions: Definitions
  private let select: Statement
  /// Each a counted part, a procedure (empty: none) and a source.
  private var parts = CountedParts()
  private var writer = ByteWriter()
  private var polls: [PollID: SliceCells] = [:]
  private(set) var hours: [PollID: HourCounts] = [:]
  private let firstDay: Day
  /// No ballot that came before is counted on the first day or later, though its time is kept no finer than the poll does.
  /// Milliseconds.
  private let earliest: Int64

  /// - Parameter hoursFrom: of this day and later ones hours are told apart.
  init(_ definitions: Definitions, _ connection: Connection, hoursFrom firstDay: Day) throws(SQLiteError) {
    self.definitions = definitions
    self.firstDay = firstDay
    earliest = firstDay.start.milliseconds - TimePrecision.day.milliseconds - BucketRule.newest
    select = try connection.prepare("SELECT seq, kind, body, crc FROM entry WHERE seq = ?")
  }

  mutating func count(_ body: UnsafeRawBufferPointer, _ times: Int64) throws(FormatError) {
    let outline = try CastEntry.Outline(body)
    writer.removeAll()
    writer.append(UnsafeRawBufferPointer(rebasing: body[outline.counted]))
    writer.blob(UnsafeRawBufferPointer(rebasing: body[outline.tail.procedure ?? 0..<0]))
    writer.blob(UnsafeRawBufferPointer(rebasing: body[outline.source]))
    writer.bytes.withUnsafeBytes { _ = parts.add($0, times) }
    if outline.tail.receivedTime >= earliest, outline.flags.isCounted { try countHour(outline, of: body, times) }
  }

  private mutating func countHour(
    _ outline: CastEntry.Outline, of body: UnsafeRawBufferPointer, _ times: Int64
  ) throws(FormatError) {
    let counted = try CastEntry.Counted(UnsafeRawBufferPointer(rebasing: body[outline.counted]))
    guard counted.day >= firstDay else { return }
    let hour = HourCounts.hour(
      on: counted.day, deviceTime: outline.tail.deviceTime.map { Timestamp(milliseconds: $0) },
      receivedTime: Timestamp(milliseconds: outline.tail.receivedTime), skewMilliseconds: outline.tail.skew ?? 0,
      precision: definitions[counted.poll]?.version(counted.version)?.policy.timePrecision ?? .day)
    hours[counted.poll, default: HourCounts()].add(
      times, on: counted.day, hour: hour, unit: counted.unit, channel: counted.channel)
  }

  /// - Parameter sequence: of the entry that cast the ballot.
  mutating func void(_ sequence: UInt64) throws(SQLiteError) {
    defer { select.reset() }
    try select.bind(1, Int64(bitPattern: sequence))
    guard try select.step() else { throw .damaged("entry \(sequence) is missing") }
    try EntryTable.checked(select, .cast) { (body) throws(FormatError) in try count(body, -1) }
  }

  /// What the act itself counts, brought by whoever did it.
  mutating func count(_ act: Act, _ times: Int64) {
    for counts in act.counts {
      for (cell, count) in counts.cells {
        let key = FigureKey(
          day: cell.day, unit: cell.unit, procedure: nil, source: act.by, channel: cell.channel, flags: cell.flags)
        polls[counts.poll, default: SliceCells()].add(times &* count, of: key, cell.subject)
        if cell.subject == .ballots, cell.flags.isCounted, cell.day >= firstDay {
          hours[counts.poll, default: HourCounts()].add(
            times &* count, on: cell.day, hour: nil, unit: cell.unit, channel: cell.channel)
        }
      }
    }
  }

  mutating func drainIfFull() throws(SQLiteError) {
    if parts.isFull { try drain() }
  }

  mutating func finish() throws(SQLiteError) -> [PollID: SliceCells] {
    try drain()
    return polls
  }

  private mutating func drain() throws(SQLiteError) {
    var problem: SQLiteError?
    // Moved, not copied, for what is counted goes elsewhere in self.
    var full = CountedParts()
    swap(&full, &parts)
    defer { swap(&full, &parts) }
    full.drain { part, times in
      do {
        try add(part, times)
      } catch let error as SQLiteError {
        problem = error
      } catch { problem = .damaged("a ballot, \(error)") }
    }
    if let problem { throw problem }
  }

  private mutating func add(_ part: UnsafeRawBufferPointer, _ times: Int64) throws {
    var reader = ByteReader(part)
    let counted = try CastEntry.Counted(&reader)
    let (code, source) = (try reader.string(), try reader.string())
    guard let poll = definitions[counted.poll]?.version(counted.version) else {
      throw SQLiteError.damaged("a ballot names an unknown poll, \(counted.poll) version \(counted.version)")
    }
    let key = FigureKey(
      day: counted.day, unit: counted.unit, procedure: code.isEmpty ? nil : try ProcedureCode(code), source: source,
      channel: counted.channel, flags: counted.flags)
    polls[counted.poll, default: SliceCells()].add(times, of: key, counted.answers, in: poll)
  }
}
