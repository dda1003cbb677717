import Foundation
import Polling
import RPC
import Schema
import Synchronization
import Testing

@testable import Server

/// Alerts over a real ledger, called in process.
@Suite(.timeLimit(.minutes(2))) struct AlertServiceTests {
  /// Moved by the test alone.
  private final class Clock: Sendable {
    private let time = Mutex(BallotIntakeTests.now)
    @Sendable func read() -> Timestamp { time.withLock { $0 } }
    var now: Timestamp { read() }
    func advance(minutes: Int64) { time.withLock { $0.milliseconds += minutes * 60_000 } }
  }

  private static let quay01 = "hai-chau/mot-cua/quay-01"
  private static let index = "index/hai-chau-hai-long/hai-chau/mot-cua/quay-01"

  private static func cast(
    _ assembly: Assembly, _ clock: Clock, _ choice: String, count: Int, unit: String = quay01, daysAgo: Int64 = 0
  ) async throws {
    let clerk = ServiceTests.caller(assembly, "clerk/hai-chau/mot-cua/b")
    for _ in 0..<count {
      var request = Binhchon_V1_CastBallotRequest()
      request.ballot = ServiceTests.fresh()
      request.ballot.unit = unit
      request.ballot.answers[0].choices = [choice]
      request.ballot.deviceTimeMs = clock.now.milliseconds / 1_000 * 1_000 - daysAgo * 86_400_000
      _ = try await clerk.call(BallotMethods.castBallot, request)
    }
  }

  private static func alerts(
    _ assembly: Assembly, _ identity: String = "admin/hai-chau/o",
    _ change: (inout Binhchon_V1_ListAlertsRequest) -> Void = { _ in }
  ) async throws -> [Binhchon_V1_Alert] {
    var request = Binhchon_V1_ListAlertsRequest()
    change(&request)
    return try await ServiceTests.caller(assembly, identity).call(AlertMethods.listAlerts, request).alerts
  }

  private static func update(
    _ assembly: Assembly, _ identity: String = "official/hai-chau/o", key: String = index, after: UInt64,
    id: UInt8 = .random(in: .min ... .max), _ change: (inout Binhchon_V1_UpdateAlertRequest) -> Void
  ) async throws -> Binhchon_V1_UpdateAlertResponse {
    var request = Binhchon_V1_UpdateAlertRequest()
    (request.key, request.after) = (key, after)
    request.actID = Data(repeating: id, count: 15) + [UInt8(clamping: after)]
    change(&request)
    return try await ServiceTests.caller(assembly, identity).call(AlertMethods.updateAlert, request)
  }

  @Test func aCounterUnderTheThresholdIsAnAlertForThoseWhoMaySeeIt() async throws {
    let clock = Clock()
    try await ServiceTests.withAssembly(now: clock.read, k: 5) { assembly in
      #expect(try await Self.alerts(assembly).isEmpty)
      try await Self.cast(assembly, clock, "HL", count: 20)
      try await Self.cast(assembly, clock, "KHL", count: 9)
      clock.advance(minutes: 1)
      #expect(try await Self.alerts(assembly).isEmpty)
      try await Self.cast(assembly, clock, "KHL", count: 1)
      clock.advance(minutes: 1)
      let alert = try #require(try await Self.alerts(assembly).first)
      #expect(alert.key == Self.index && alert.kind == .index && alert.unit == Self.quay01)
      #expect(alert.count == 20 && alert.n == 30 && alert.words.vi.contains("67 %"))
      #expect(alert.sinceMs == Day(of: clock.now).start.milliseconds && alert.acts == 0)
      // Officials are shown published figures: no count by way of an alert either.
      let told = try #require(try await Self.alerts(assembly, "official/hai-chau/o").first)
      #expect(told.key == alert.key && told.count == 0 && told.n == 0)
      #expect(told.words.vi == "dưới 80 % hài lòng trong 7 ngày (n ≥ 30)")
      // Of this unit, of this poll, and of nobody else's.
      #expect(try await Self.alerts(assembly, "official/\(Self.quay01)/o").count == 1)
      #expect(try await Self.alerts(assembly, "official/hai-chau/mot-cua/quay-02/o").isEmpty)
      #expect(try await Self.alerts(assembly) { $0.unit = "hai-chau/mot-cua/quay-02" }.isEmpty)
      #expect(try await Self.alerts(assembly) { $0.poll = "hai-chau-hai-long" }.count == 1)
      for (identity, unit, poll, reason) in [
        ("official/hai-chau/mot-cua/quay-02/o", Self.quay01, "", "OUT_OF_SCOPE"),
        ("official/hai-chau/o", "", "nothing", "UNKNOWN_POLL"), ("official/hai-chau/o", "a//b", "", "INVALID_FIELD"),
        ("official/son-tra/o", "", "hai-chau-hai-long", "UNKNOWN_POLL"),
      ] {
        let error = await #expect(throws: RPCError.self) {
          try await Self.alerts(assembly, identity) { ($0.unit, $0.poll) = (unit, poll) }
        }
        #expect(error.flatMap(ServiceTests.reason) == reason)
      }
    }
  }

  @Test func whatOfficialsDoIsSharedAndInOrder() async throws {
    let clock = Clock()
    try await ServiceTests.withAssembly(now: clock.read) { assembly in
      try await Self.cast(assembly, clock, "BT", count: 30)
      clock.advance(minutes: 1)
      let first = try await Self.update(assembly, after: 0, id: 1) { $0.acknowledge = "tôi xem" }
      #expect(!first.replayed && first.alert.acts == 1 && first.alert.acknowledgedBy == "official/hai-chau/o")
      // Again after a lost answer: the same, and entered once.
      let again = try await Self.update(assembly, after: 0, id: 1) { $0.acknowledge = "tôi xem" }
      #expect(again.replayed && again.alert == first.alert)
      // Somebody who looked before that.
      let stale = await #expect(throws: RPCError.self) {
        try await Self.update(assembly, "coordinator/hai-chau/c", after: 0, id: 2) { $0.comment = "?" }
      }
      #expect(stale?.code == .aborted && stale.flatMap(ServiceTests.reason) == "STALE_ACT")
      let due = clock.now.milliseconds + 86_400_000
      _ = try await Self.update(assembly, "coordinator/hai-chau/c", after: 1, id: 3) { request in
        request.assign = .with { ($0.owner, $0.dueMs) = ("Chị Lan", due) }
      }
      _ = try await Self.update(assembly, after: 2, id: 4) { $0.comment = "đã gọi" }
      let seen = try #require(try await Self.alerts(assembly, "auditor/hai-chau/a").first)
      #expect(seen.owner == "Chị Lan" && seen.dueMs == due && seen.acts == 3)
      #expect(seen.comments.map(\.text) == ["tôi xem", "đã gọi"])
      _ = try await Self.update(assembly, after: 3, id: 5) { $0.close = "" }
      #expect(try await Self.alerts(assembly).isEmpty)
      #expect(try await Self.alerts(assembly) { $0.closed = true }.map(\.closedBy) == ["official/hai-chau/o"])
      // Over, and raised on a later day: open, and not acknowledged; what was said stays.
      clock.advance(minutes: 9 * 1_440)
      #expect(try await Self.alerts(assembly) { $0.closed = true }.isEmpty)
      try await Self.cast(assembly, clock, "KHL", count: 30)
      clock.advance(minutes: 1)
      let back = try #require(try await Self.alerts(assembly).first)
      #expect(back.key == Self.index && back.acknowledgedBy.isEmpty && back.comments.count == 2 && back.acts == 4)
    }
  }

  @Test func whatCannotBeDoneIsRefused() async throws {
    let clock = Clock()
    try await ServiceTests.withAssembly(now: clock.read) { assembly in
      try await Self.cast(assembly, clock, "BT", count: 30)
      clock.advance(minutes: 1)
      _ = try await Self.update(assembly, after: 0, id: 9) { $0.acknowledge = "" }
      let drop = "drop/hai-chau-hai-long/hai-chau/mot-cua"
      typealias Change = @Sendable (inout Binhchon_V1_UpdateAlertRequest) -> Void
      let cases: [(identity: String, reason: String, change: Change)] = [
        ("official/hai-chau/o", "INVALID_FIELD", { $0.actID = Data([1]) }),
        ("official/hai-chau/o", "INVALID_FIELD", { $0.key = "index" }),
        ("official/hai-chau/o", "INVALID_FIELD", { $0.change = nil }),
        ("official/hai-chau/o", "INVALID_FIELD", { $0.comment = "" }),
        ("official/hai-chau/o", "INVALID_FIELD", { $0.comment = String(repeating: "ệ", count: 400) }),
        ("official/hai-chau/o", "INVALID_FIELD", { $0.assign = .with { $0.dueMs = -1 } }),
        // The id of another act.
        ("official/hai-chau/o", "INVALID_FIELD", { $0.actID = Data(repeating: 9, count: 15) + [0] }),
        ("official/hai-chau/o", "UNKNOWN_ALERT", { ($0.key, $0.after) = (drop, 0) }),
        ("official/hai-chau/o", "STALE_ACT", { ($0.key, $0.after) = (drop, 1) }),
        ("official/hai-chau/mot-cua/quay-02/o", "OUT_OF_SCOPE", { _ in }),
        ("official/hai-chau/o", "OUT_OF_SCOPE", { $0.key = "silent/kiosk/son-tra/k" }),
      ]
      for (place, test) in cases.enumerated() {
        let error = await #expect(throws: RPCError.self, "\(place)") {
          try await Self.update(assembly, test.identity, after: 1, id: UInt8(100 + place)) { request in
            request.comment = "x"
            test.change(&request)
          }
        }
        #expect(error.flatMap(ServiceTests.reason) == test.reason, "\(place)")
      }
      #expect(try await Self.alerts(assembly).map(\.acts) == [1])
    }
  }

  @Test func votesForTheWorstLevelWithinMinutesAreABurst() async throws {
    let clock = Clock()
    try await ServiceTests.withAssembly(now: clock.read) { assembly in
      // What a kiosk brings of yesterday is none, nor is another level.
      try await Self.cast(assembly, clock, "RKHL", count: 9, daysAgo: 1)
      try await Self.cast(assembly, clock, "KHL", count: 9)
      try await Self.cast(assembly, clock, "RKHL", count: 4)
      #expect(try await Self.alerts(assembly).isEmpty)
      clock.advance(minutes: 14)
      try await Self.cast(assembly, clock, "RKHL", count: 1)
      let burst = try #require(try await Self.alerts(assembly).first { $0.kind == .burst })
      #expect(burst.count == 5 && burst.unit == Self.quay01)
      #expect(burst.sinceMs == (clock.now.milliseconds / 60_000 - 14) * 60_000)
    }
  }

  @Test func aFallAgainstTheWeeksBeforeIsADrop() async throws {
    let clock = Clock()
    try await ServiceTests.withAssembly(now: clock.read) { assembly in
      for _ in 0..<28 {
        try await Self.cast(assembly, clock, "RHL", count: 9)
        try await Self.cast(assembly, clock, "BT", count: 1)
        clock.advance(minutes: 1_440)
      }
      #expect(try await Self.alerts(assembly).isEmpty)
      clock.advance(minutes: 13 * 1_440)
      try await Self.cast(assembly, clock, "RHL", count: 10)
      try await Self.cast(assembly, clock, "BT", count: 10)
      let drop = try #require(try await Self.alerts(assembly).first { $0.kind == .drop })
      #expect(drop.count == 10 && drop.n == 20 && drop.words.en == "satisfied fell to 50% (n = 20) from 90%")
      #expect(drop.sinceMs == Day(of: clock.now).start.milliseconds)
    }
  }
}
