internal import Polling

/// The body of an entry that says of a press of a kiosk that it is refused for good.
struct RefusedPressEntry {
  private enum Has {
    static let number: UInt8 = 1
    static let deviceTime: UInt8 = 2
    static let credential: UInt8 = 4
    static let procedure: UInt8 = 8
    static let ofBallot: UInt8 = deviceTime | credential | procedure
  }

  var verdict: RefusedPress.Verdict
  var kiosk: String
  var spool: SpoolID
  /// Under which the kiosk accounts for it (``PressDay``).
  var day: Day
  /// Its number in the spool.
  var number: UInt64?
  var id: BallotID
  var poll: PollID
  var unit: UnitPath
  var reason: String
  var receivedTime: Timestamp
  /// Of one on the correction list.
  var ballot: Ballot?

  init(_ press: RefusedPress) {
    verdict = press.verdict
    kiosk = press.kiosk
    spool = press.spool
    day = PressDay.day(of: press.ballot.deviceTime)
    number = press.ballot.kioskSequence
    id = press.ballot.id
    poll = press.ballot.poll
    unit = press.ballot.unit
    reason = press.reason
    receivedTime = press.receivedTime
    ballot = press.verdict == .afterSeal ? press.ballot : nil
  }

  /// Nil: only its account was kept.
  var press: RefusedPress? {
    ballot.map {
      RefusedPress(
        kiosk: kiosk, spool: spool, ballot: $0, verdict: verdict, reason: reason, receivedTime: receivedTime)
    }
  }

  func encode(into writer: inout ByteWriter) {
    writer.byte(EntryKind.format)
    writer.byte(verdict.rawValue)
    writer.string(kiosk)
    writer.spool(spool)
    writer.signed(Int64(day.number))
    writer.byte(
      (number == nil ? 0 : Has.number) | (ballot?.deviceTime == nil ? 0 : Has.deviceTime)
        | (ballot?.credential == nil ? 0 : Has.credential) | (ballot?.procedure == nil ? 0 : Has.procedure))
    if let number { writer.varint(number) }
    writer.bigEndian(id.high)
    writer.bigEndian(id.low)
    writer.string(poll.rawValue)
    writer.string(unit.rawValue)
    writer.string(reason)
    writer.signed(receivedTime.milliseconds)
    guard let ballot else { return }
    writer.varint(UInt64(ballot.pollVersion))
    writer.byte(ballot.channel.rawValue)
    if let deviceTime = ballot.deviceTime { writer.signed(deviceTime.milliseconds) }
    if let credential = ballot.credential { writer.blob(credential) }
    if let procedure = ballot.procedure { writer.string(procedure.rawValue) }
    writer.count(ballot.answers.count)
    for answer in ballot.answers { writer.answer(answer) }
  }

  init(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    var reader = ByteReader(bytes)
    try reader.format()
    guard let verdict = RefusedPress.Verdict(rawValue: try reader.byte()) else { throw reader.fail("unknown verdict") }
    self.verdict = verdict
    kiosk = try reader.string()
    spool = try reader.spool()
    day = try reader.day()
    let has = try reader.byte()
    let known = verdict == .afterSeal ? Has.number | Has.ofBallot : Has.number
    guard has & ~known == 0 else { throw reader.fail("unknown field") }
    number = has & Has.number == 0 ? nil : try reader.varint()
    id = try reader.ballotID()
    poll = try reader.named { try PollID($0) }
    unit = try reader.named { try UnitPath($0) }
    reason = try reader.string()
    receivedTime = Timestamp(milliseconds: try reader.signed())
    if verdict == .afterSeal {
      let version = try reader.uint32()
      let channel = try reader.channel()
      let deviceTime = has & Has.deviceTime == 0 ? nil : Timestamp(milliseconds: try reader.signed())
      let credential = has & Has.credential == 0 ? nil : try reader.blob()
      let procedure = has & Has.procedure == 0 ? nil : try reader.named { try ProcedureCode($0) }
      ballot = Ballot(
        id: id, poll: poll, pollVersion: version, unit: unit, channel: channel, deviceTime: deviceTime,
        answers: try reader.answers(), credential: credential, kioskSequence: number,
        procedure: procedure)
    }
    try reader.end()
  }
}
