internal import Polling
internal import Schema

// What a message says beside its ballots.

extension Binhchon_V1_PressMark {
  /// Nil: there is nothing to say of this press.
  ///
  /// - Parameters:
  ///   - place: of its ballot in the message.
  ///   - later: what the clock shows now: it may have been set since the press.
  init?(_ tap: Tap, at place: Int, later: TapMarks) {
    let marks = tap.marks.union(later)
    guard !marks.isEmpty || tap.sincePrevious != nil || tap.recent > 1 else { return nil }
    self.init()
    ballot = UInt32(clamping: place)
    if let since = tap.sincePrevious { sincePreviousMs = since }
    recent = tap.recent
    repeated = marks.contains(.repeated)
    clockForward = marks.contains(.clockForward)
    clockBackward = marks.contains(.clockBackward)
    clockUnknown = marks.contains(.clockUnknown)
    clockUnset = marks.contains(.clockUnset)
  }
}

extension Binhchon_V1_KioskReport {
  init(_ report: SpoolReport, of kiosk: Sync.Kiosk) {
    self.init()
    version = kiosk.version
    poll = kiosk.poll
    spool = .init(report.spool)
    number = report.number
    presses = report.presses
    highestSequence = report.highestSequence
    pending = report.pending
    held = report.held
    capacity = report.capacity
    spoolSetAside = report.hasSetAside
    days = report.days.map { count in
      var day = Binhchon_V1_DayPresses()
      day.day = count.day.number
      day.presses = count.presses
      day.pending = count.pending
      return day
    }
  }
}

extension Binhchon_V1_CastBallotsRequest {
  /// - Throws: what SwiftProtobuf says of a tap that is no ballot.
  init(_ taps: [Tap], _ report: Binhchon_V1_KioskReport, reading: ClockReading, later: TapMarks) throws {
    self.init()
    ballots = try taps.map { try $0.ballot() }
    sentTimeMs = reading.wall.milliseconds
    presses = taps.enumerated().compactMap { Binhchon_V1_PressMark($1, at: $0, later: later) }
    kiosk = report
  }
}
