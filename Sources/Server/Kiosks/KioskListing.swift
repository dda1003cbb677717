internal import Ledger
internal import Polling
internal import RPC
internal import Schema
internal import SwiftProtobuf
internal import Tallies

/// binhchon.v1.KioskService, for those who look after kiosks: how they stand, and what came too late.
struct KioskListing: Sendable {
  static let readers: Set<Role> = [.official, .coordinator, .auditor, .admin]
  /// Milliseconds.
  static let usualSilence: Int64 = 600_000
  /// In one response.
  static let mostDays = 31
  static let mostCorrections = 1_000
  static let mostCorrectionBytes = 1 << 20

  var reader: any LedgerReader
  var board: TallyBoard
  var access: Access
  var now: @Sendable () -> Timestamp

  func register(in router: inout Router) {
    router.handle(KioskMethods.listKiosks) { try await refusing(listKiosks)($0, $1) }
    router.handle(KioskMethods.listCorrections) { try await refusing(listCorrections)($0, $1) }
  }

  func listKiosks(
    _ request: Binhchon_V1_ListKiosksRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_ListKiosksResponse {
    let caller = try access.caller(context, roles: Self.readers)
    let unit: UnitPath
    do {
      unit = request.unit.isEmpty ? caller.scope : try UnitPath(request.unit)
    } catch {
      throw Refusal.invalid(error)
    }
    try caller.require(unit)
    guard request.silentMs >= 0 else { throw Refusal.invalid([Violation("silent_ms", "is below 0")]) }
    let accounts = try await read { () async throws(LedgerFileError) in try await reader.kiosks(within: unit) }
    let now = now()
    let today = Day(of: now)
    let silence = request.silentMs == 0 ? Self.usualSilence : request.silentMs
    let hidden = HiddenPresses(board, from: caller)
    var response = Binhchon_V1_ListKiosksResponse()
    response.kiosks = accounts.judged(now: now, silentAfter: silence).map { account, judgement in
      let kiosk = Binhchon_V1_Kiosk(account, judgement, today: today, withDays: request.days)
      return hidden.are(at: try? UnitPath(kiosk.unit)) ? kiosk.withoutCounts : kiosk
    }
    response.asOfMs = now.milliseconds
    response.today = today.description
    response.ledgerEpoch = board.epoch
    return response
  }

  func listCorrections(
    _ request: Binhchon_V1_ListCorrectionsRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_ListCorrectionsResponse {
    let caller = try access.caller(context, roles: Self.readers)
    let id: PollID
    do { id = try PollID(request.poll) } catch { throw Refusal.invalid(error) }
    guard let listed = board.poll(id), caller.mayShow(listed) else { throw Refusal.unknownPoll(request.poll) }
    // What single people answered is for who sees what was counted; of others' polls the rest tells that something came late.
    // A ballot's id says when it was made.
    let isHidden = !caller.seesCounts && listed.smallestGroup > 1
    let isNameless = !caller.seesCounts && listed.newest.policy.anonymity == .anonymous
    let corrections = try await read { () async throws(LedgerFileError) in
      try await reader.corrections(poll: id, after: request.after, limit: Self.mostCorrections)
    }
    var response = Binhchon_V1_ListCorrectionsResponse()
    var bytes = 0
    for (index, correction) in corrections.enumerated() {
      if caller.scope.contains(correction.press.ballot.unit) {
        var message = Binhchon_V1_Correction(correction.press)
        if isHidden {
          (message.ballot.answers, message.ballot.deviceTimeMs, message.ballot.kioskSequence) = ([], 0, 0)
        }
        if isHidden || isNameless { (message.ballotID, message.ballot.ballotID) = (.init(), .init()) }
        bytes += (try message.serializedBytes() as [UInt8]).count
        response.corrections.append(message)
      }
      // One response holds so much, whatever it takes to hold them all.
      let isLast = index == corrections.count - 1
      if bytes > Self.mostCorrectionBytes || isLast && corrections.count == Self.mostCorrections {
        response.next = correction.sequence
        break
      }
    }
    return response
  }

  private func read<Value>(
    _ work: () async throws(LedgerFileError) -> Value
  ) async throws(Refusal) -> Value {
    do {
      return try await work()
    } catch {
      throw .ourFault("the ledger cannot be read")
    }
  }
}

extension Binhchon_V1_Kiosk {
  /// That it is well or not, and not how often it was pressed: from the number of its last press, too, one could tell.
  fileprivate var withoutCounts: Binhchon_V1_Kiosk {
    var kiosk = self
    kiosk.countsHidden = true
    (kiosk.pending, kiosk.held, kiosk.highestSequence, kiosk.acknowledgedThrough) = (0, 0, 0, 0)
    (kiosk.gaps, kiosk.days, kiosk.missing) = ([], [], 0)
    kiosk.clearToday()
    kiosk.clearTotal()
    return kiosk
  }

  fileprivate init(_ account: KioskAccount, _ judgement: KioskJudgement, today: Day, withDays: Bool) {
    self.init()
    kiosk = account.kiosk
    let names = account.kiosk.split(separator: "/")
    name = names.last.map(String.init) ?? ""
    unit = names.dropFirst().dropLast().joined(separator: "/")
    if let id = account.spool { spool = .init(id.bytes) }
    if let report = account.report { tell(report) }
    acknowledgedThrough = account.mark.acknowledgedThrough
    gaps = account.gaps.prefix(20).map { gap in
      var range = Binhchon_V1_SequenceRange()
      range.first = gap.lowerBound
      range.last = gap.upperBound
      return range
    }
    missing = account.missing
    total = Binhchon_V1_PressCounts(account.total, presses: account.report?.presses, judgement.total)
    let line = judgement.days.first { $0.day == today }
    self.today = Binhchon_V1_PressCounts(line?.counts ?? PressCounts(), presses: line?.presses, line?.law)
    isLawKept = judgement.isLawKept
    alarms = judgement.alarms.map(\.message)
    if withDays {
      days = judgement.days.prefix(KioskListing.mostDays).map { line in
        var day = Binhchon_V1_KioskDay()
        day.day = line.day.description
        day.counts = Binhchon_V1_PressCounts(line.counts, presses: line.presses, line.law)
        day.isLawKept = line.law?.isKept ?? true
        return day
      }
    }
  }

  private mutating func tell(_ report: KioskReport) {
    lastSeenMs = report.at.milliseconds
    version = report.version
    if let skew = report.skewMilliseconds { skewMs = skew }
    pending = report.pending
    capacity = report.capacity
    held = report.held
    spoolSetAside = report.hasSetAsideSpool
    highestSequence = report.highestSequence
  }
}

extension Binhchon_V1_PressCounts {
  /// - Parameter presses: nil: the kiosk does not say, and there were no others than those that came.
  fileprivate init(_ counts: PressCounts, presses: UInt64?, _ law: PressLaw?) {
    self.init()
    self.presses = presses ?? counts.total
    counted = counts.counted
    flagged = counts.flagged
    duplicate = counts.duplicate
    rejected = counts.rejected
    late = counts.late &+ counts.corrected
    lateCounted = counts.late
    corrections = counts.corrected
    pending = law?.pending ?? 0
  }
}

extension Binhchon_V1_Correction {
  fileprivate init(_ press: RefusedPress) {
    self.init()
    ballotID = .init(press.ballot.id.bytes)
    kiosk = press.kiosk
    ballot = press.ballot.message
    receivedTimeMs = press.receivedTime.milliseconds
  }
}

extension Ballot {
  /// Without its credential.
  fileprivate var message: Binhchon_V1_Ballot {
    var message = Binhchon_V1_Ballot()
    message.ballotID = .init(id.bytes)
    message.poll = poll.rawValue
    message.pollVersion = pollVersion
    message.unit = unit.rawValue
    message.channel = channel.message
    message.deviceTimeMs = deviceTime?.milliseconds ?? 0
    message.answers = answers.map { answer in
      var message = Binhchon_V1_Answer()
      message.question = answer.question
      message.choices = answer.choices
      return message
    }
    message.kioskSequence = kioskSequence ?? 0
    message.procedure = procedure?.rawValue ?? ""
    return message
  }
}

extension KioskAlarm {
  fileprivate var message: Binhchon_V1_KioskAlarm {
    switch self {
    case .lawBroken: .lawBroken
    case .numberedTwice: .numberedTwice
    case .gap: .gap
    case .neverSeen: .neverSeen
    case .silent: .silent
    case .spoolSetAside: .spoolSetAside
    case .spoolNearlyFull: .spoolNearlyFull
    case .clockWrong: .clockWrong
    }
  }
}
