import Logging
import Polling
import Schema
import SwiftProtobuf
import Tallies

@testable import Ledger
@testable import Server

/// Any bytes as a message of a kiosk's: its report and marks, and every ballot through all rules. Refused, or a record that
/// the ledger reads back as it was.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  guard let request = try? Binhchon_V1_CastBallotsRequest(serializedBytes: Array(bytes)), let setting else { return 0 }
  let message = try? KioskMessage(request, from: setting.kiosk, now: now)
  if let message { check(message, request) }
  for (place, ballot) in request.ballots.enumerated() {
    let press = message.map {
      BallotIntake.Press(spool: $0.report.spool, mark: $0.mark(of: place, ballot), closings: PollClosings())
    }
    let admission = try? setting.intake.admit(
      ballot, on: setting.board, from: setting.kiosk,
      sentTime: request.sentTimeMs == 0 ? nil : Timestamp(milliseconds: request.sentTimeMs), now: now,
      field: "ballots[\(place)]", press: press)
    guard case .admitted(let record, _) = admission else { continue }
    check(record)
  }
  return 0
}

/// 2026-11-20T03:00:00Z.
private let now = Timestamp(milliseconds: 1_795_143_600_000)

private struct Setting {
  var board: TallyBoard
  var kiosk: Identity
  var intake = BallotIntake(hash: { Array(($0 + [UInt8](repeating: 0, count: 32)).prefix(32)) })
}

private let setting: Setting? = {
  guard var poll = try? HaiChauPoll.poll(), let kiosk = Identity(uri: "spiffe://t/kiosk/hai-chau/k", trustDomain: "t")
  else { return nil }
  poll.version = 1
  poll.policy.cooldown = 2_000
  poll.policy.burst = Policy.Burst(presses: 5, within: 60_000)
  poll.closesAt = Timestamp(milliseconds: now.milliseconds - 3_600_000)
  let carrier = CallCarrier(now: { now }, logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() })
  let board = TallyBoard(
    epoch: "e", revision: 2, polls: [(poll, false)], cells: [:], clock: .system(wall: { now }), carrier: carrier)
  return Setting(board: board, kiosk: kiosk)
}()

private func check(_ message: KioskMessage, _ request: Binhchon_V1_CastBallotsRequest) {
  let report = message.report
  precondition(report.days.count <= KioskReport.mostDays && report.version.utf8.count <= 32, "growth")
  precondition(report.version.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "a terminal would obey it")
  guard case .reportKiosk(let less, let number) = message.submission(less: Set(request.ballots.indices), of: request)
  else { preconditionFailure("a report is no report") }
  precondition(less.pending <= report.pending, "answering makes nothing pending")
  precondition(number == request.kiosk.number, "another report's number")
}

private func check(_ record: CastVoteRecord) {
  var writer = ByteWriter()
  CastEntry.encode(record, into: &writer)
  let back = try? writer.bytes.withUnsafeBytes { try CastEntry.decode($0) }
  precondition(back == record, "the ledger reads another record")
  // At most a week before it came and a day after, whatever clocks say.
  precondition(abs(record.day.number - Day(of: now).number) <= 8, "a day far away")
}
