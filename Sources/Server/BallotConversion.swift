internal import Ledger
internal import Polling
internal import Schema
internal import Tallies

/// Turns a ballot's message into the record the ledger keeps. Pure: time and the keyed hash are passed in.
struct BallotIntake: Sendable {
  /// HMAC-SHA-256 under the server's pepper.
  var hash: @Sendable ([UInt8]) throws -> [UInt8]

  enum Admission {
    /// It keeps the rules of its poll. `isOpen`: whether the poll's own times allow it now.
    case admitted(CastVoteRecord, isOpen: Bool)
    /// It does not, as the poll is now; but if this very ballot was cast before, it is answered as it was then.
    case refused(Refusal, Ballot)
  }

  /// What a kiosk that accounts for its presses says of one.
  struct Press {
    var spool: SpoolID
    var mark: PressMark
    var closings: PollClosings
  }

  /// The ballot as a record, with what arrival adds to it, or why it cannot be cast.
  ///
  /// - Parameters:
  ///   - sentTime: the device's clock when it sent the ballot; nil if it did not say.
  ///   - now: our clock when the ballot arrived.
  ///   - field: the ballot's place in the request, for the errors: `ballot`, `ballots[3]`.
  ///   - press: nil: the ballot came without a kiosk's account of it, and is late whenever its poll is not open.
  /// - Throws: for what cannot be a ballot of this caller's at all.
  func admit(
    _ message: Binhchon_V1_Ballot, on board: TallyBoard, from caller: Identity, sentTime: Timestamp?, now: Timestamp,
    field: String, press: Press? = nil
  ) throws(Refusal) -> Admission {
    var ballot = try value(message, field: field)
    try caller.require(ballot.unit)
    guard caller.mayUse(ballot.channel) else {
      throw Refusal(
        code: .permissionDenied, reason: .wrongRole, message: "your role may not cast on this channel",
        metadata: ["role": caller.role.rawValue, "channel": "\(ballot.channel)"])
    }
    guard let listed = board.poll(ballot.poll), let poll = listed.version(ballot.pollVersion) else {
      return .refused(.unknownPoll("\(message.poll) version \(message.pollVersion)"), ballot)
    }
    guard listed.hasUnit(ballot.unit, inVersion: ballot.pollVersion) else {
      return .refused(.unknownUnit(message.unit), ballot)
    }
    do {
      ballot.credential = try credential(message.credential, poll: ballot.poll, field: field)
    } catch {
      return .refused(error, ballot)
    }
    let violations = poll.violations(in: ballot)
    guard violations.isEmpty else {
      return .refused(.invalid(violations.map { Violation("\(field).\($0.field)", $0.problem) }), ballot)
    }

    let precision = poll.policy.timePrecision
    let skew = precision.skew(sentTime: sentTime, now: now)
    let (day, flags) = BucketRule.day(deviceTime: ballot.deviceTime, receivedTime: now, skewMilliseconds: skew ?? 0)
    var record = CastVoteRecord(
      ballot: ballot, countedVersion: poll.version, receivedTime: now.floored(to: precision), skewMilliseconds: skew,
      day: day, flags: flags, source: caller.description)
    if ballot.credential != nil { record.flags.insert(.bound) }
    guard let press else { return .admitted(record, isOpen: listed.newest.isOpen(at: now)) }
    record.spool = press.spool
    record.flags.formUnion(press.mark.flags(by: poll.policy))
    return close(record, press, of: listed.newest, now: now)
  }

  /// Where a press stands to the closing of its poll.
  private func close(_ record: CastVoteRecord, _ press: Press, of newest: Poll, now: Timestamp) -> Admission {
    var record = record
    // Nobody can say when it was made whose clock was set since.
    let made =
      record.flags.contains(.clock)
      ? nil
      : BucketRule.made(
        deviceTime: record.ballot.deviceTime, receivedTime: now, skewMilliseconds: record.skewMilliseconds ?? 0)
    let standing = ClosingRule.standing(
      made: made, received: now, opensAt: newest.opensAt, closesAt: newest.closesAt,
      closedByHandAt: press.closings[newest.id], lateFor: newest.policy.late)
    switch standing {
    case .inTime: return .admitted(record, isOpen: true)
    case .notOpenYet: return .admitted(record, isOpen: false)
    case .late:
      record.flags.insert(.late)
      return .admitted(record, isOpen: true)
    case .sealed: return .refused(.sealed, record.ballot)
    }
  }

  private func value(_ message: Binhchon_V1_Ballot, field: String) throws(Refusal) -> Ballot {
    func refused(_ name: String, _ problem: String) -> Refusal {
      .invalid([Violation("\(field).\(name)", problem)])
    }

    guard let channel = try Channel(message.channel, field: "\(field).channel") else {
      throw refused("channel", "is missing")
    }

    let id: BallotID
    let poll: PollID
    let unit: UnitPath
    let procedure: ProcedureCode?
    do {
      id = try BallotID(bytes: message.ballotID)
      poll = try PollID(message.poll)
      unit = try UnitPath(message.unit)
      procedure = message.procedure.isEmpty ? nil : try ProcedureCode(message.procedure)
    } catch {
      throw refused(error.field, error.problem)
    }

    return Ballot(
      id: id, poll: poll, pollVersion: message.pollVersion, unit: unit, channel: channel,
      deviceTime: message.deviceTimeMs == 0 ? nil : Timestamp(milliseconds: message.deviceTimeMs),
      answers: message.answers.map { Answer(question: $0.question, choices: $0.choices) },
      credential: nil,
      kioskSequence: message.kioskSequence == 0 ? nil : message.kioskSequence, procedure: procedure)
  }

  /// One dossier number, however its letters are typed, gives one hash per poll, and another in another poll.
  private func credential(_ text: String, poll: PollID, field: String) throws(Refusal) -> [UInt8]? {
    if text.isEmpty { return nil }
    // Changing the case of megabytes takes seconds.
    let folded = text.utf8.count <= 1024 ? text.uppercased().utf8.filter { $0 > 0x20 } : []
    guard (1...128).contains(folded.count) else {
      throw Refusal.invalid([Violation("\(field).credential", "must be 1 to 128 bytes besides spaces")])
    }
    do {
      return try hash(Array(poll.rawValue.utf8) + [0] + folded)
    } catch {
      throw .ourFault("the credential cannot be hashed")
    }
  }
}

extension PressMark {
  /// A press while the kiosk still thanked is no second vote, whatever the poll's cooldown is.
  func flags(by policy: Policy) -> RecordFlags {
    PressRules.flags(self, cooldown: policy.cooldown, burst: policy.burst?.presses)
      .union(isRepeated ? .cooldown : [])
  }
}

extension Refusal {
  /// The ballot came after the poll's seal.
  static let sealed = Refusal(
    code: .failedPrecondition, reason: .pollSealed,
    message: "the poll is sealed; the ballot is kept on the correction list, in no figure")
}

extension TimePrecision {
  /// Device clock minus ours when the device sent it, milliseconds; nil if the device did not say. As coarse as the
  /// times it corrects: a fine skew would carry a coarse device time into another day.
  func skew(sentTime: Timestamp?, now: Timestamp) -> Int64? {
    guard let sentTime else { return nil }
    let (difference, overflow) = sentTime.milliseconds.subtractingReportingOverflow(now.milliseconds)
    return overflow ? nil : wholeSteps(of: difference)
  }
}

extension Identity {
  /// Paper comes from clerks only; a kiosk speaks for devices, a clerk for what is done at a desk.
  func mayUse(_ channel: Channel) -> Bool {
    switch channel {
    case .kiosk, .qr: role == .kiosk
    case .paper: role == .clerk || role == .secondClerk
    case .counter, .web, .phone: role == .kiosk || role == .clerk
    }
  }
}
