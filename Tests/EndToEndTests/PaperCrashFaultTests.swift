import FaultRun
import Foundation
import Schema
import Testing

/// kill -9 of the client, the server or both at random moments of an import: the same command again, and the tally is what
/// the file says.
@Suite(.serialized) struct PaperCrashFaultTests {
  @Test(.timeLimit(.minutes(10)))
  func aFileIsCountedOnceWhoeverIsKilled() async throws {
    let run = FaultRun("P2-paper", cases: 6)
    let result = try await PaperRounds().run(run.cases, of: run)
    #expect(result.breaches == [], "\(run.replay(run.cases.lowerBound))")
    // Otherwise it is not shown what is said to be.
    let midway = result.midway.values.reduce(0, +)
    #expect(midway == result.aimed, "\(result); \(run.replay(run.cases.lowerBound))")
    if run.cases.count >= 6 {
      #expect(midway * 2 > run.cases.count && result.midway.count == PaperRounds.Victim.allCases.count, "\(result)")
    }
    print(
      "P2-paper: \(run.cases.count) kills, \(result.interrupted) of them before the import had ended, \(midway) "
        + "when some rows were in and some were not; \(result.wentOn) imports went on by themselves; \(result.batches) "
        + "batches counted once")
  }

  /// A clerk who goes on with another file than the one that was interrupted: every sheet of it adds up.
  @Test(.timeLimit(.minutes(2)))
  func anotherFileAfterAKillIsFound() async throws {
    let careless = PaperRounds { file, _ in file.exchangedPath }
    let result = try await careless.run(0..<2, of: FaultRun("P2-paper control", cases: 1, seed: 1))
    #expect(!result.breaches.isEmpty)
  }

  @Test func whatATallyMayNotShow() throws {
    let directory = try TemporaryDirectory()
    let file = try PaperFileSample(in: directory.path, sheets: 3)
    var tally = Binhchon_V1_WindowCount()
    tally.ballots = UInt64(file.questionnaires * 2)
    var question = Binhchon_V1_QuestionCount()
    question.choices = file.votes.map { level, count in
      var choice = Binhchon_V1_ChoiceCount()
      (choice.choice, choice.count) = (level, UInt64(count * 2))
      return choice
    }
    tally.questions = [question]
    #expect(file.breaches(tally, batches: 2) == [])
    #expect(file.breaches(tally, batches: 1).count == 6)
    tally.ballots -= 1
    #expect(file.breaches(tally, batches: 2).count == 1)
    tally.questions[0].choices[0].count += 1
    #expect(file.breaches(tally, batches: 2).count == 2)
  }
}
