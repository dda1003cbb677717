import Foundation
import Polling
import Schema
import SwiftProtobuf

@testable import Kiosk

/// A directory that is gone when its last holder is.
final class TemporaryDirectory: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "binhchon-kiosk-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  var files: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

enum Samples {
  static let wall = Timestamp(milliseconds: 1_700_000_000_000)
  static let day = Day(of: wall)

  static func reading(_ wall: Int64 = wall.milliseconds, steady: Int64 = 50_000, boot: String = "a") -> ClockReading {
    ClockReading(wall: Timestamp(milliseconds: wall), steady: steady, boot: boot)
  }

  static func id(_ number: UInt64) -> BallotID {
    BallotID(time: wall, precision: .second, random: (0, number))
  }

  static func ballot(_ number: UInt64, choice: String = "HL", sequence: UInt64 = 0) -> Binhchon_V1_Ballot {
    var ballot = Binhchon_V1_Ballot()
    ballot.ballotID = Data(id(number).bytes)
    ballot.poll = "hai-chau-hai-long"
    ballot.kioskSequence = sequence
    ballot.deviceTimeMs = wall.milliseconds
    var answer = Binhchon_V1_Answer()
    answer.question = "hai-long"
    answer.choices = [choice]
    ballot.answers = [answer]
    return ballot
  }

  /// The press with the `number`-th ballot id.
  static func press(
    _ number: UInt64, _ reading: ClockReading = reading(), precision: TimePrecision = .second, marks: TapMarks = [],
    isOpen: Bool = false
  ) -> Press {
    Press(reading: reading, precision: precision, marks: marks, isOpen: isOpen) { ballot(number, sequence: $0) }
  }

  static func tap(_ number: UInt64, at wall: Timestamp = wall) throws -> Tap {
    var ballot = ballot(number, sequence: number)
    ballot.deviceTimeMs = wall.milliseconds
    return Tap(sequence: number, id: id(number), bytes: try ballot.serializedBytes(), marks: [])
  }

  static func receipt(_ number: UInt64, counted: Bool = true) -> Binhchon_V1_BallotResult {
    receipt(of: id(number), counted: counted)
  }

  static func receipt(of id: BallotID, counted: Bool = true, replayed: Bool = false) -> Binhchon_V1_BallotResult {
    var result = Binhchon_V1_BallotResult()
    result.ballotID = Data(id.bytes)
    result.receipt.ballotID = result.ballotID
    result.receipt.counted = counted
    result.receipt.replayed = replayed
    result.receipt.ledgerEpoch = "e1"
    return result
  }

  static func refused(
    _ number: UInt64, code: Int32, reason: String? = nil, retryAfter: Duration? = nil
  ) throws -> Binhchon_V1_BallotResult {
    var result = Binhchon_V1_BallotResult()
    result.ballotID = Data(id(number).bytes)
    result.refused.code = code
    if let reason {
      var info = Google_Rpc_ErrorInfo()
      info.reason = reason
      result.refused.details.append(try Google_Protobuf_Any(message: info))
    }
    if let retryAfter {
      var retry = Google_Rpc_RetryInfo()
      retry.retryDelay.seconds = retryAfter.components.seconds
      retry.retryDelay.nanos = Int32(retryAfter.components.attoseconds / 1_000_000_000)
      result.refused.details.append(try Google_Protobuf_Any(message: retry))
    }
    return result
  }

  static func settlement(_ tap: Tap, _ verdict: Verdict = .counted, epoch: String = "e1") -> Settlement {
    var result = Binhchon_V1_BallotResult()
    result.ballotID = Data(tap.id.bytes)
    if !verdict.isRejected { result.receipt.ledgerEpoch = epoch }
    return Settlement(tap: tap, verdict: verdict, result: result)
  }
}
