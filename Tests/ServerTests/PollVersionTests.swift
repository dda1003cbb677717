import Polling
import RPC
import Schema
import Testing

@testable import Server

/// Versions of a poll: what a new one changes, what it may not, and that every one can be had again.
@Suite struct PollVersionTests {
  private static func admin(_ assembly: Assembly) -> InProcessTransport {
    ServiceTests.caller(assembly, "admin/hai-chau/a")
  }

  private static func poll(
    _ assembly: Assembly, version: UInt32 = 0, as identity: String = "admin/hai-chau/a"
  ) async throws -> Binhchon_V1_Poll {
    var request = Binhchon_V1_GetPollRequest()
    (request.poll, request.version) = ("hai-chau-hai-long", version)
    return try await ServiceTests.caller(assembly, identity).call(PollMethods.getPoll, request).poll
  }

  private static func publish(
    _ assembly: Assembly, _ poll: Binhchon_V1_Poll
  ) async throws -> Binhchon_V1_PublishPollResponse {
    var request = Binhchon_V1_PublishPollRequest()
    request.poll = poll
    return try await admin(assembly).call(PollMethods.publishPoll, request)
  }

  @Test func aWordingFixAndAChangeOfMeaning() async throws {
    try await ServiceTests.withAssembly { assembly in
      let first = try await Self.poll(assembly)
      #expect((first.version, first.trendBreaks.count, first.definitionHash.count) == (1, 0, 64))
      #expect(try await Self.publish(assembly, first).unchanged)

      var worded = first
      worded.questions[0].text.en = "Were you satisfied?"
      let second = try await Self.publish(assembly, worded)
      #expect((second.poll.version, second.unchanged, second.change) == (2, false, .wording))
      #expect(second.poll.trendBreaks.isEmpty)
      #expect(second.poll.definitionHash != first.definitionHash)

      var other = second.poll
      other.questions[0].choices.swapAt(0, 4)
      let third = try await Self.publish(assembly, other)
      #expect(third.change == .meaning)
      #expect(third.poll.trendBreaks.map(\.question) == ["hai-long"])
      #expect(third.poll.trendBreaks.map(\.version) == [3])
      #expect(third.poll.trendBreaks.map(\.aspects) == [["levelOrder"]])

      // The first one again is a version like any other: its meaning changes back, its hash is the same.
      let fourth = try await Self.publish(assembly, first)
      #expect((fourth.poll.version, fourth.change) == (4, .meaning))
      #expect(fourth.poll.definitionHash == first.definitionHash)
      #expect(fourth.poll.trendBreaks.map(\.version) == [3, 4])

      // None is gone, and each knows of no later break.
      for (number, expected) in [(1, first), (2, second.poll), (3, third.poll), (0, fourth.poll)] {
        #expect(try await Self.poll(assembly, version: UInt32(number)) == expected)
      }
    }
  }

  @Test(arguments: [Binhchon_V1_Anonymity.anonymous, .pseudonymous])
  func anonymityIsFixed(_ promise: Binhchon_V1_Anonymity) async throws {
    try await ServiceTests.withAssembly { assembly in
      var poll = try await Self.poll(assembly)
      poll.id = "an-danh"
      poll.policy.timePrecision = .hour
      poll.policy.anonymity = promise
      #expect(try await Self.publish(assembly, poll).poll.policy.anonymity == promise)
      poll.policy.anonymity = promise == .anonymous ? .pseudonymous : .anonymous
      let error = await #expect(throws: RPCError.self) { try await Self.publish(assembly, poll) }
      #expect(error.flatMap(ServiceTests.reason) == "ANONYMITY_FIXED")
      // Anything else may change.
      poll.policy.anonymity = promise
      poll.policy.k = 10
      #expect(try await Self.publish(assembly, poll).change == .rules)
    }
  }

  @Test func kIsFiveUnlessItIsSaid() async throws {
    try await ServiceTests.withAssembly { assembly in
      var poll = try await Self.poll(assembly)
      poll.policy.smallGroups = nil
      #expect(try await Self.publish(assembly, poll).poll.policy.k == 5)
      poll.policy.k = 1
      // Of what was counted before the few stay left out.
      let open = try await Self.publish(assembly, poll).poll
      #expect((open.policy.k, open.kInForce) == (1, 5))
      #expect(try await Self.poll(assembly, version: 1).kInForce == 0)
      poll.policy.k = 0
      let error = await #expect(throws: RPCError.self) { try await Self.publish(assembly, poll) }
      #expect(error.flatMap(ServiceTests.reason) == "INVALID_FIELD")
    }
  }

  @Test func whatCannotBeHad() async throws {
    try await ServiceTests.withAssembly { assembly in
      for (version, identity) in [(2, "admin/hai-chau/a"), (0, "official/thanh-khe/o"), (1, "official/thanh-khe/o")] {
        let error = await #expect(throws: RPCError.self) {
          try await Self.poll(assembly, version: UInt32(version), as: identity)
        }
        #expect(error.flatMap(ServiceTests.reason) == "UNKNOWN_POLL")
      }
    }
  }

  @Test func conditionsOfTwoFormsAreNone() async throws {
    try await ServiceTests.withAssembly { assembly in
      let poll = try await Self.poll(assembly)
      var test = Binhchon_V1_AnswerTest()
      (test.question, test.choices) = ("hai-long", ["BT"])
      let changes: [(inout Binhchon_V1_Condition) -> Void] = [
        { $0.all = [test] }, { $0.any = [test] }, { $0 = Binhchon_V1_Condition() },
      ]
      for change in changes {
        var poll = poll
        change(&poll.questions[1].askedIf)
        let error = await #expect(throws: RPCError.self) { try await Self.publish(assembly, poll) }
        #expect(error.flatMap(ServiceTests.reason) == "INVALID_FIELD")
      }
      // Several tests come back as they were.
      var several = poll
      var second = test
      second.choices = ["KHL"]
      second.question = poll.questions[1].id
      var last = poll.questions[1]
      last.id = "cuoi"
      last.clearAskedIf()
      second.choices = [poll.questions[1].choices[0].code]
      last.askedIf.any = [test, second]
      several.questions.append(last)
      #expect(try await Self.publish(assembly, several).poll.questions.last == last)
    }
  }
}

/// What the quick way knows of conditions over several answers: any of them is a matter of each answer, all are not.
@Suite struct CastingRulesTests {
  private static func poll(_ join: Condition.Join) throws -> Polling.Poll {
    var poll = try HaiChauPoll.poll()
    var last = poll.questions[1]
    last.id = "cuoi"
    last.askedIf = Condition(
      join,
      [
        .init(question: "hai-long", choices: ["BT"]),
        .init(question: poll.questions[1].id, choices: [poll.questions[1].choices[0].code]),
      ])
    poll.questions.append(last)
    return poll
  }

  @Test func anyOfSeveralAnswers() throws {
    let rules = try #require(CastingRules(try Self.poll(.any)))
    #expect(rules.asked == 0b1)
    #expect(rules.questions[0].asks == [0b10, 0b10, 0b100, 0, 0])
    #expect(rules.questions[1].asks.first == 0b100)
    #expect(rules.questions[1].asks.dropFirst().allSatisfy { $0 == 0 })
  }

  @Test func allOfSeveralAnswersGoThePlainWay() throws {
    #expect(CastingRules(try Self.poll(.all)) == nil)
  }
}
