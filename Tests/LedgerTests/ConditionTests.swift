import Polling
import Testing

@testable import Ledger

/// A question that was not asked adds nothing, on every way: casting, batches, voiding, opening again, the recount.
@Suite(.timeLimit(.minutes(1)))
struct ConditionTests {
  private static func poll() throws -> Poll {
    var poll = try Sample.poll()
    poll.questions[1].askedIf = Condition(question: "muc-do", choices: ["RKHL", "KHL"])
    return poll
  }

  private static func ballot(_ number: UInt64, _ level: String, reasons: [String]? = nil) throws -> Ballot {
    var ballot = try Sample.ballot(number, level: level)
    if let reasons { ballot.answers.append(Answer(question: "ly-do", choices: reasons)) }
    return ballot
  }

  /// All counts of a question, by choice; "" is what was not used.
  private static func counts(_ question: String, _ cells: [PollID: [CellKey: Int64]]) -> [String: Int64] {
    var counts: [String: Int64] = [:]
    for (key, count) in cells.values.flatMap({ $0 }) {
      switch key.subject {
      case .votes(question, let choice): counts[choice, default: 0] += count
      case .undervotes(question): counts["", default: 0] += count
      default: break
      }
    }
    return counts
  }

  @Test(arguments: [false, true])
  func whatWasNotAskedAddsNothing(inBatch: Bool) async throws {
    let bench = try await Bench.new(poll: try Self.poll())
    let ballots = [
      try Self.ballot(1, "RHL"), try Self.ballot(2, "HL"), try Self.ballot(3, "KHL", reasons: ["cho"]),
      try Self.ballot(4, "RKHL"), try Self.ballot(5, "RKHL", reasons: ["cho", "thai-do"]),
      try Self.ballot(6, "KHL", reasons: []),
    ]
    if inBatch {
      var batch = CastBatch()
      for ballot in ballots { batch.append(Sample.record(ballot)) }
      #expect(try await bench.ledger.append(batch).words == [])
    } else {
      for ballot in ballots {
        #expect(
          try await bench.append(.cast(Sample.record(ballot), isOpen: true)).allSatisfy { $0.word.hasPrefix("entered") }
        )
      }
    }
    // Four were asked and have two votes each: 8 = 2 + 1 + 5.
    let expected: [String: Int64] = ["cho": 2, "thai-do": 1, "": 5]
    #expect(Self.counts("ly-do", try await bench.observedCells) == expected)
    #expect(Self.counts("muc-do", bench.cells) == ["RHL": 1, "HL": 1, "KHL": 2, "RKHL": 2])
    let again = try await bench.reopened()
    #expect(Self.counts("ly-do", again.state.cells) == expected)
    _ = try await again.append(try Sample.void(1), try Sample.void(4))
    #expect(Self.counts("ly-do", try await again.observedCells) == ["cho": 2, "thai-do": 1, "": 3])
    await again.ledger.close()
    let report = try again.verify()
    #expect(report.differences == [])
    #expect(report.ballots == 6)
  }

  /// A ballot counts by the version it was cast in, whatever the newest asks.
  @Test func anEarlierVersionGoesOnCountingAsItDid() async throws {
    let bench = try await Bench.new()
    _ = try await bench.append(.publish(try Self.poll(), by: "admin", at: Sample.time))
    var newer = try Self.ballot(2, "RHL")
    newer.pollVersion = 2
    _ = try await bench.append(
      .cast(Sample.record(try Self.ballot(1, "RHL")), isOpen: true), .cast(Sample.record(newer), isOpen: true))
    #expect(Self.counts("ly-do", bench.cells) == ["": 2])
    await bench.ledger.close()
    #expect(try bench.verify().differences == [])
  }
}
