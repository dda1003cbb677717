import Polling
import SeededRandom
import Testing

@testable import Ledger

/// presses = counted + flagged + late + corrected + duplicate + rejected, whatever comes in whatever order, over restarts
/// and crashes: the ledger beside a plain model of it.
@Suite(.timeLimit(.minutes(5)))
struct PressAccountTests {
  private struct Origin: Equatable {
    var kiosk: String
    var spool: SpoolID
  }

  private struct Model {
    var sequence: UInt64 = 1
    var cast: [UInt64: UInt64] = [:]
    var voided: Set<UInt64> = []
    var refused: [UInt64: (sequence: UInt64, origin: Origin, verdict: RefusedPress.Verdict)] = [:]
    var isClosed = false
    var accounts: [SpoolKey: (mark: SpoolMark, days: [Day: PressCounts])] = [:]

    private mutating func count(_ number: UInt64, _ origin: Origin, _ counts: PressCounts) {
      // Kiosk 3 names more spools than are told apart.
      var spool = origin.spool
      let known = accounts.keys.filter { $0.kiosk == origin.kiosk && $0.spool != .others }
      if !known.contains(where: { $0.spool == spool }), known.count == KioskReport.mostSpools { spool = .others }
      let key = SpoolKey(kiosk: origin.kiosk, spool: spool)
      accounts[key, default: (SpoolMark(), [:])].mark.note(spool == .others ? nil : number)
      accounts[key]?.days[PressAccountTests.day(number), default: PressCounts()].add(counts)
    }

    private func refusal(_ number: UInt64, _ origin: Origin) -> String? {
      guard let earlier = refused[number] else { return nil }
      return earlier.origin == origin ? "replayed \(earlier.sequence)" : "conflict"
    }

    mutating func cast(_ number: UInt64, _ origin: Origin?, _ flags: RecordFlags) -> String {
      if voided.contains(number) { return "voided" }
      if let sequence = cast[number] { return "replayed \(sequence)" }
      if let origin, let answer = refusal(number, origin) { return answer }
      if isClosed, !flags.contains(.late) { return "pollClosed" }
      sequence += 1
      cast[number] = sequence
      if let origin { count(number, origin, PressCounts(cast: flags)) }
      return "entered \(sequence)"
    }

    mutating func refuse(_ number: UInt64, _ origin: Origin, _ verdict: RefusedPress.Verdict) -> String {
      if cast[number] != nil { return "conflict" }
      if let answer = refusal(number, origin) { return answer }
      sequence += 1
      refused[number] = (sequence, origin, verdict)
      switch verdict {
      case .duplicate: count(number, origin, PressCounts(duplicate: 1))
      case .rejected: count(number, origin, PressCounts(rejected: 1))
      case .afterSeal: count(number, origin, PressCounts(corrected: 1))
      }
      return "entered \(sequence)"
    }

    mutating func void(_ number: UInt64) -> String {
      guard cast[number] != nil else { return "unknownBallot" }
      sequence += 1
      voided.insert(number)
      return "entered \(sequence)"
    }

    mutating func close() -> String {
      sequence += 1
      isClosed = true
      return "entered \(sequence)"
    }
  }

  /// Of a press's ballot, as its device wrote it.
  private static func time(_ number: UInt64) -> Timestamp {
    Timestamp(milliseconds: Sample.time.milliseconds + (Int64(number % 5) - 2) * 86_400_000)
  }

  private static func day(_ number: UInt64) -> Day { Day(of: time(number)) }

  private static func ballot(_ number: UInt64) throws -> Ballot {
    var ballot = try Sample.ballot(number)
    ballot.deviceTime = time(number)
    return ballot
  }

  private static func origin(_ number: UInt64, _ random: inout SplitMix64) -> Origin {
    let kiosk = number % 3 + 1
    let spools: UInt64 = kiosk == 3 ? 40 : 2
    // Now and then the press of another one.
    let isOdd = Int.random(in: 0...19, using: &random) == 0
    return Origin(
      kiosk: "kiosk/hai-chau/mot-cua/quay-0\(isOdd ? 1 : kiosk)",
      spool: SpoolID(high: 0, low: 1 + number % spools))
  }

  /// One submission, and what it is to come to.
  private static func step(_ model: inout Model, _ random: inout SplitMix64) throws -> (Submission, String) {
    let number = UInt64.random(in: 1...300, using: &random)
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<65:
      let origin = Int.random(in: 0...9, using: &random) == 0 ? nil : origin(number, &random)
      let flags: [RecordFlags] = [[], [], .clock, .cooldown, .burst, .late, [.late, .burst]]
      var record = Sample.record(try ballot(number), source: origin?.kiosk ?? "clerk/hai-chau/a")
      record.spool = origin?.spool
      record.flags = flags.randomElement(using: &random) ?? []
      return (.cast(record, isOpen: true), model.cast(number, origin, record.flags))
    case 65..<90:
      let origin = origin(number, &random)
      let verdict = RefusedPress.Verdict.allCases.randomElement(using: &random) ?? .rejected
      let press = RefusedPress(
        kiosk: origin.kiosk, spool: origin.spool, ballot: try ballot(number), verdict: verdict, reason: "X",
        receivedTime: Sample.time)
      return (.refusePress(press), model.refuse(number, origin, verdict))
    case 90..<95 where !model.voided.contains(number): return (try Sample.void(number), model.void(number))
    default:
      let origin = origin(number, &random)
      return (
        .reportKiosk(try Sample.report(kiosk: origin.kiosk, spool: origin.spool)), "entered \(model.sequence)"
      )
    }
  }

  private static func check(_ bench: Bench, _ model: Model) async throws {
    var accounts: [SpoolKey: KioskAccount] = [:]
    for account in try await bench.ledger.kiosks(within: UnitPath("hai-chau")) {
      accounts[SpoolKey(kiosk: account.kiosk, spool: try #require(account.spool))] = account
    }
    for (key, expected) in model.accounts {
      let account = accounts[key]
      try #require(account?.mark == expected.mark, "\(key)")
      try #require(account?.days == expected.days, "\(key)")
    }
    try #require(accounts.allSatisfy { model.accounts[$0.key] != nil || $0.value.total.total == 0 })
  }

  @Test(arguments: [3, 17, 32_768] as [UInt64])
  func likeThePlainModel(stride: UInt64) async throws {
    var random = SplitMix64()
    var options = SQLiteLedger.Options()
    options.settlingStride = stride
    options.settlingStep = 2
    for _ in 0..<2 {
      let first = try await Bench.new(options)
      var bench = first
      var model = Model()
      for round in 0..<80 {
        if round == 50 {
          let word = model.close()
          #expect(try await bench.append(try Sample.close()).map(\.word) == [word])
        }
        switch Int.random(in: 0..<10, using: &random) {
        case 0:
          let isCrash = Bool.random(using: &random)
          var directory = bench.directory
          if isCrash {
            directory = try TemporaryDirectory()
            for name in ["ledger.db", "ledger.db-wal"] where Files.exists("\(bench.directory.path)/\(name)") {
              try FileBytes.copy("\(bench.directory.path)/\(name)", to: "\(directory.path)/\(name)")
            }
          }
          await bench.ledger.close()
          let differences = try LedgerVerifier.run(directory: directory.path).differences
          try #require(differences.isEmpty, "\(differences.prefix(3))")
          bench = try Bench(directory, options)
          try await Self.check(bench, model)
        default:
          let steps = try (0..<Int.random(in: 1...12, using: &random)).map { _ in try Self.step(&model, &random) }
          let words = try await bench.ledger.append(steps.map(\.0)).map(\.word)
          try #require(words == steps.map(\.1))
        }
      }
      try await Self.check(bench, model)
      #expect(model.accounts.keys.contains { $0.spool == .others })
      await bench.ledger.close()
      #expect(try bench.verify().differences == [])
      try await Self.check(bench, model)
    }
  }
}
