import FaultRun
import Foundation
import SeededRandom
import Testing

/// Nobody links a voter to a ballot: not who has every file after every voter, logs, backups, what the service tells, and the
/// time at which each one came. docs/secret-votes.md says against whom this holds.
@Suite(.timeLimit(.minutes(5)))
struct BallotLinkFaultTests {
  private static let voters = 10
  private static let nominees = 12

  /// Who guesses has one right per election on average, with a variance of one: five times the deviation is beyond luck.
  private static func mostByLuck(_ elections: Int) -> Int {
    elections + Int(5 * Double(elections).squareRoot())
  }

  /// What each way links rightly, over all these elections.
  private static func linked(
    _ run: FaultRun, _ election: SecretElection
  ) async throws -> [Linking: Int] {
    var right: [Linking: Int] = [:]
    for number in run.cases {
      var random = run.random(number)
      let (sighting, truth) = try await election.run(&random)
      let evidence = Evidence(sighting)
      for linking in Linking.allCases {
        right[linking, default: 0] += linking.rightLinks(evidence, truth, &random)
      }
    }
    return right
  }

  @Test func nobodyWithoutTheKeyLinksAVoterToABallot() async throws {
    let run = FaultRun("P13", cases: 8)
    let right = try await Self.linked(run, SecretElection(voters: Self.voters, nominees: Self.nominees))
    let most = Self.mostByLuck(run.cases.count)
    for (linking, count) in right {
      #expect(
        count <= most,
        "\(linking) links \(count) of \(run.cases.count * Self.voters); \(run.replay(run.cases.lowerBound))")
    }
    print("P13: \(run.cases.count) elections of \(Self.voters); right links at most \(right.values.max() ?? 0)")
  }

  @Test func whoGetsTheKeyAfterTheCloseFindsNothingToOpen() async throws {
    let run = FaultRun("P13", cases: 4)
    let right = try await Self.linked(
      run, SecretElection(voters: Self.voters, nominees: Self.nominees, hasKey: true, copiesWhileOpen: false))
    for (linking, count) in right {
      #expect(count <= Self.mostByLuck(run.cases.count), "\(linking); \(run.replay(run.cases.lowerBound))")
    }
  }

  /// What the promise leaves out, and a control: the same attack has teeth when it has the key too.
  @Test func theKeyAndCopiesFromWhileItWasOpenTellAll() async throws {
    let run = FaultRun("P13", cases: 1)
    let right = try await Self.linked(
      run, SecretElection(voters: Self.voters, nominees: Self.nominees, hasKey: true))
    #expect(right[.seenAtOnce] == run.cases.count * Self.voters)
  }

  @Test(arguments: PlantedUrn.allCases)
  func plantedUrnsAreFoundOut(_ planted: PlantedUrn) throws {
    let run = FaultRun("P13", cases: 10)
    var right = 0
    for number in run.cases {
      var random = run.random(number)
      let (sighting, truth) = planted.sighting(voters: Self.voters, nominees: Self.nominees, &random)
      right += planted.linking.rightLinks(Evidence(sighting), truth, &random)
    }
    #expect(right * 10 >= run.cases.count * Self.voters * 8, "\(planted): \(right)")
  }
}
