internal import Polling
internal import Schema

/// A kiosk's account for programs: plain names, integers as numbers. Fields are only ever added.
struct KioskRecord: Encodable {
  struct Counts: Encodable {
    var presses: UInt64
    var counted: UInt64
    var flagged: UInt64
    var duplicate: UInt64
    var rejected: UInt64
    var late: UInt64
    var lateCounted: UInt64
    var corrections: UInt64
    /// Below 0: there are more answers than presses.
    var pending: Int64

    init(_ counts: Binhchon_V1_PressCounts) {
      presses = counts.presses
      counted = counts.counted
      flagged = counts.flagged
      duplicate = counts.duplicate
      rejected = counts.rejected
      late = counts.late
      lateCounted = counts.lateCounted
      corrections = counts.corrections
      pending = counts.pending
    }
  }
  struct Day: Encodable {
    var day: String
    var counts: Counts
    var lawKept: Bool
  }
  struct Alarm: Encodable {
    var alarm: String
    var vi: String
    var en: String
  }

  var kiosk: String
  var unit: String
  var name: String
  /// Nil: it was never heard of.
  var spool: String?
  var lastSeen: String?
  var lastSeenMs: Int64?
  var version: String
  var skewMs: Int64?
  /// Nil: counts are hidden; so are all other counts that are nil.
  var waiting: UInt64?
  var capacity: UInt64
  var held: UInt64?
  var spoolSetAside: Bool
  var highestSequence: UInt64?
  var acknowledgedThrough: UInt64?
  /// First and last missing number of each.
  var gaps: [[UInt64]]?
  var missing: UInt64
  var today: Counts?
  var total: Counts?
  var lawKept: Bool
  var alarms: [Alarm]
  var days: [Day]?
  /// Its unit is in a poll with k over 1: its presses are told to auditors and administrators.
  var countsHidden: Bool

  init(_ message: Binhchon_V1_Kiosk, asOfMs: Int64) {
    kiosk = message.kiosk
    unit = message.unit
    name = message.name
    spool = (try? SpoolID(bytes: message.spool))?.description
    if message.lastSeenMs != 0 {
      lastSeen = LocalTime.iso(milliseconds: message.lastSeenMs)
      lastSeenMs = message.lastSeenMs
    }
    version = message.version
    skewMs = message.skew != nil ? message.skewMs : nil
    capacity = message.capacity
    spoolSetAside = message.spoolSetAside
    missing = message.missing
    countsHidden = message.countsHidden
    if !countsHidden {
      (waiting, held) = (message.pending, message.held)
      (highestSequence, acknowledgedThrough) = (message.highestSequence, message.acknowledgedThrough)
      gaps = message.gaps.map { [$0.first, $0.last] }
      (today, total) = (Counts(message.today), Counts(message.total))
      days = message.days.map { Day(day: $0.day, counts: Counts($0.counts), lawKept: $0.isLawKept) }
    }
    lawKept = message.isLawKept
    alarms = message.alarms.map { alarm in
      let text = alarm.text(message, asOfMs: asOfMs)
      return Alarm(alarm: alarm.word, vi: text.vi, en: text.en)
    }
  }
}

/// A ballot of the correction list for programs.
struct CorrectionRecord: Encodable {
  var ballotId: String?
  var kiosk: String
  var poll: String
  var pollVersion: UInt32
  var unit: String
  var channel: String
  var deviceTime: String?
  var received: String
  var choices: [String: [String]]

  init(_ correction: Binhchon_V1_Correction) {
    let ballot = correction.ballot
    ballotId = (try? BallotID(bytes: correction.ballotID))?.description
    kiosk = correction.kiosk
    poll = ballot.poll
    pollVersion = ballot.pollVersion
    unit = ballot.unit
    channel = ballot.channel.word
    deviceTime = ballot.deviceTimeMs == 0 ? nil : LocalTime.iso(milliseconds: ballot.deviceTimeMs)
    received = LocalTime.iso(milliseconds: correction.receivedTimeMs)
    choices = Dictionary(ballot.answers.map { ($0.question, $0.choices) }, uniquingKeysWith: { first, _ in first })
  }
}
