import Foundation
import Polling
import RPC
import Schema
import Synchronization
import Testing

@testable import Server

/// What a kiosk is told to show, and what of it is new to it.
@Suite(.timeLimit(.minutes(1))) struct KioskServiceTests {
  private static let kiosk = "kiosk/hai-chau/mot-cua/quay-01"

  private static func profile(
    _ assembly: Assembly, _ etag: String = "", poll: String = "hai-chau-hai-long", as identity: String = kiosk
  ) async throws -> Binhchon_V1_GetProfileResponse {
    var request = Binhchon_V1_GetProfileRequest()
    request.poll = poll
    request.etag = etag
    return try await ServiceTests.caller(assembly, identity).call(KioskMethods.getProfile, request)
  }

  private static func publish(_ assembly: Assembly, _ poll: Binhchon_V1_Poll) async throws
    -> Binhchon_V1_PublishPollResponse
  {
    var request = Binhchon_V1_PublishPollRequest()
    request.poll = poll
    return try await ServiceTests.caller(assembly, "admin/hai-chau/a").call(PollMethods.publishPoll, request)
  }

  @Test func aKioskIsToldWhatIsNewToIt() async throws {
    try await ServiceTests.withAssembly { assembly in
      let first = try await Self.profile(assembly)
      #expect(first.poll.version == 1)
      #expect(first.poll.status == .open)
      #expect(!first.unchanged)
      #expect(first.poll.questions[1].askedIf.choices == ["RKHL", "KHL"])

      let again = try await Self.profile(assembly, first.etag)
      #expect(again.unchanged)
      #expect(!again.hasPoll)
      #expect(again.etag == first.etag)
      #expect(try await Self.profile(assembly, "another ledger/1/open").poll == first.poll)

      var changed = first.poll
      changed.kiosk.thanks.vi = "Cảm ơn nhiều!"
      #expect(try await Self.publish(assembly, changed).poll.version == 2)
      let second = try await Self.profile(assembly, first.etag)
      #expect(second.etag != first.etag)
      #expect(second.poll.version == 2)
      #expect(second.poll.kiosk.thanks.vi == "Cảm ơn nhiều!")

      var close = Binhchon_V1_ClosePollRequest()
      close.poll = "hai-chau-hai-long"
      _ = try await ServiceTests.caller(assembly, "admin/hai-chau/a").call(PollMethods.closePoll, close)
      let closed = try await Self.profile(assembly, second.etag)
      #expect(closed.poll.status == .closed)
      #expect(try await Self.profile(assembly, closed.etag).unchanged)
    }
  }

  @Test func aPollThatClosesByItselfIsNews() async throws {
    let now = Mutex(BallotIntakeTests.now)
    let clock: @Sendable () -> Timestamp = { now.withLock { $0 } }
    try await ServiceTests.withAssembly(now: clock) { assembly in
      var poll = try await Self.profile(assembly).poll
      poll.closesAtMs = BallotIntakeTests.now.milliseconds + 1
      _ = try await Self.publish(assembly, poll)
      let open = try await Self.profile(assembly)
      #expect(open.poll.status == .open)
      now.withLock { $0 = Timestamp(milliseconds: $0.milliseconds + 1) }
      #expect(try await Self.profile(assembly, open.etag).poll.status == .closed)
    }
  }

  @Test func pollsOfOthersAreNotKnown() async throws {
    try await ServiceTests.withAssembly { assembly in
      for (identity, poll, reason) in [
        ("kiosk/thanh-khe/k", "hai-chau-hai-long", "UNKNOWN_POLL"), (Self.kiosk, "nothing-here", "UNKNOWN_POLL"),
        (Self.kiosk, "", "INVALID_FIELD"),
      ] {
        let error = await #expect(throws: RPCError.self) {
          try await Self.profile(assembly, poll: poll, as: identity)
        }
        #expect(error.flatMap(ServiceTests.reason) == reason)
      }
    }
  }

  /// What is left out is told in full, and is nothing new when it comes back.
  @Test func whatIsLeftOutIsAsUsual() async throws {
    try await ServiceTests.withAssembly { assembly in
      var poll = try await Self.profile(assembly).poll
      poll.clearKiosk()
      poll.policy = Binhchon_V1_Policy()
      // Not the usual one: the demo's poll leaves nothing out.
      poll.policy.k = 1
      #expect(try await Self.publish(assembly, poll).unchanged)
      let told = try await Self.profile(assembly).poll
      #expect(told.kiosk.languages == ["vi", "en"])
      #expect((told.kiosk.idleTimeoutMs, told.kiosk.thanksDurationMs) == (30_000, 2_000))
      #expect(told.kiosk.thanks.vi == "Xin cảm ơn Ông/Bà!")
      #expect(told.policy.lateMs == 604_800_000)
      #expect((told.policy.cooldownMs, told.policy.hasBurst) == (0, false))
      #expect(try await Self.publish(assembly, told).unchanged)
    }
  }

  @Test func whatIsSaidComesBack() async throws {
    try await ServiceTests.withAssembly { assembly in
      var poll = try await Self.profile(assembly).poll
      poll.kiosk.languages = ["en"]
      poll.kiosk.idleTimeoutMs = 5_000
      poll.kiosk.thanksDurationMs = 500
      poll.policy.cooldownMs = 2_000
      poll.policy.burst.presses = 10
      poll.policy.burst.withinMs = 30_000
      poll.policy.lateMs = 0
      poll.questions[1].askedIf.choices = ["BT"]
      let published = try await Self.publish(assembly, poll)
      #expect(!published.unchanged)
      poll.version = 2
      var told = published.poll
      #expect(told.definitionHash == (try Poll(told).definitionHash))
      // Others are asked now.
      #expect(published.change == .meaning)
      #expect(told.trendBreaks.map(\.question) == ["ly-do"])
      #expect(told.trendBreaks.map(\.aspects) == [["askedIf"]])
      (told.definitionHash, told.trendBreaks) = ("", [])
      #expect(told == poll)
      #expect(try await Self.profile(assembly).poll == poll)
    }
  }

  @Test(arguments: [["fr"], ["vi", "en", "vi"], ["vi", "vi"], [""], [String](repeating: "vi", count: 100_000)])
  func languagesThatKiosksDoNotSpeak(_ languages: [String]) async throws {
    try await ServiceTests.withAssembly { assembly in
      var poll = try await Self.profile(assembly).poll
      poll.kiosk.languages = languages
      let error = await #expect(throws: RPCError.self) { try await Self.publish(assembly, poll) }
      #expect(error.flatMap(ServiceTests.reason) == "INVALID_FIELD")
    }
  }
}
