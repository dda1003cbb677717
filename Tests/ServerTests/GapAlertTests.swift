import Foundation
import RPC
import Schema
import Testing

@testable import Server

/// Alerts of missing presses: their numbers tell how often a kiosk was pressed.
@Suite(.timeLimit(.minutes(2))) struct GapAlertTests {
  private static let kiosk = "kiosk/hai-chau/mot-cua/k1"
  private static let official = "official/hai-chau/o"

  private static func gap(_ assembly: Assembly, as identity: String) async throws -> Binhchon_V1_Alert? {
    try await ServiceTests.caller(assembly, identity).call(AlertMethods.listAlerts, .init()).alerts
      .first { $0.kind == .gap }
  }

  private static func comment(
    _ assembly: Assembly, on key: String, after: UInt64, as identity: String = official
  ) async throws -> Binhchon_V1_Alert {
    var request = Binhchon_V1_UpdateAlertRequest()
    (request.key, request.after, request.comment) = (key, after, "đã gọi")
    request.actID = Data((0..<16).map { _ in .random(in: .min ... .max) })
    return try await ServiceTests.caller(assembly, identity).call(AlertMethods.updateAlert, request).alert
  }

  private static func reason(_ assembly: Assembly, on key: String, after: UInt64) async -> String? {
    await #expect(throws: RPCError.self) { try await comment(assembly, on: key, after: after) }
      .flatMap(ServiceTests.reason)
  }

  @Test(arguments: [1, 5] as [UInt32]) func numbersAreForWhoSeesCounts(_ k: UInt32) async throws {
    try await KioskCastingTests.withKiosk(poll: .init { $0.policy.k = k }) { assembly, clock, kiosk in
      let ballots = (0..<4).map { _ in kiosk.press() }
      // The second and the third are gone from its disk.
      _ = try await kiosk.send(kiosk.request([ballots[0], ballots[3]]))
      _ = try await kiosk.send(kiosk.request([]))
      let exact = try #require(try await Self.gap(assembly, as: "auditor/hai-chau/u"))
      #expect((exact.key, exact.n) == ("gap/2/\(Self.kiosk)", 2))
      #expect(exact.words.en == "2 presses missing, from no. 2")
      let told = try #require(try await Self.gap(assembly, as: Self.official))
      // Nor does the list of kiosks say how many.
      for (caller, missing) in [("auditor/hai-chau/u", UInt64(2)), (Self.official, k == 1 ? 2 : 0)] {
        #expect(try await KioskCastingTests.list(assembly, as: caller).map(\.missing) == [missing])
      }
      if k == 1 {
        #expect(told == exact)
        #expect(try await Self.comment(assembly, on: exact.key, after: 0).acts == 1)
        return
      }
      #expect(told.key.hasPrefix("gap/") && told.key.hasSuffix("/\(Self.kiosk)"))
      #expect(told.key.count == exact.key.count + 63)
      #expect((told.n, told.words.vi, told.words.en) == (0, "thiếu lần bấm", "presses are missing"))
      // Nor does trying tell which number is right.
      for first in 0...4 {
        for after in [0, 1] as [UInt64] {
          #expect(await Self.reason(assembly, on: "gap/\(first)/\(Self.kiosk)", after: after) == "UNKNOWN_ALERT")
        }
      }
      let done = try await Self.comment(assembly, on: told.key, after: 0)
      #expect((done.key, done.acts, done.n) == (told.key, 1, 0))
      #expect(
        try await Self.gap(assembly, as: "admin/hai-chau/a").map { [$0.key, $0.comments[0].text] }
          == [exact.key, "đã gọi"])
      // Over: what was done about it goes on under its name.
      _ = try await kiosk.send(kiosk.request([ballots[1], ballots[2]]))
      clock.advance(KioskCastingTests.minute)
      #expect(try await Self.gap(assembly, as: Self.official) == nil)
      let late = try await Self.comment(assembly, on: told.key, after: 1)
      #expect((late.key, late.acts) == (told.key, 2))
      #expect(try await Self.comment(assembly, on: exact.key, after: 2, as: "admin/hai-chau/a").acts == 3)
      // Names that nobody was told.
      let other = "gap/\(String(repeating: "0", count: 64))/"
      #expect(await Self.reason(assembly, on: other + Self.kiosk, after: 1) == "UNKNOWN_ALERT")
      #expect(await Self.reason(assembly, on: other + "kiosk/son-tra/k1", after: 1) == "OUT_OF_SCOPE")
      #expect(await Self.reason(assembly, on: other + "kiosk", after: 1) == "INVALID_FIELD")
    }
  }
}
