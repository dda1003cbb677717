import FaultRun
import Foundation
import Polling
import SeededRandom
import Testing

@testable import Kiosk
@testable import Ledger
@testable import SQLite

/// Exactly once over real sockets that are cut at every byte (P5).
@Suite(.timeLimit(.minutes(30))) struct CutFaultTests {
  struct Outcome {
    var presses = 0
    var reached: Set<Cut> = []
    /// That could be reached.
    var positions = 0
    var failure: String?
  }

  private static let mostKiosks = 24

  @Test func everyPressIsEnteredOnceWhereverItsConnectionIsCut() async throws {
    let run = FaultRun("P5-cuts", cases: 3_000)
    let outcome: Outcome
    do {
      outcome = try await Self.cut(run.cases, run.random, forgetsWhenCut: false)
    } catch let error as CutKiosk.Unanswered {
      Issue.record("\(error): \(run.replay(error.number ?? run.cases.lowerBound))")
      return
    }
    // The ledger says what, not which case: each alone has a ledger of its own.
    if let failure = outcome.failure {
      Issue.record("\(failure), in one of the cases \(run.cases): \(run.replay(run.cases.lowerBound)) and on")
    }
    // A connection is cut in every place, if there are as many cases.
    #expect(outcome.reached.count >= min(run.cases.count, outcome.positions))
    print("\(outcome.presses) presses, cut at \(outcome.reached.count) of \(outcome.positions) places")
  }

  @Test func aKioskThatForgetsWhenCutIsFound() async throws {
    let outcome = try await Self.cut(0..<96, { SplitMix64(seed: UInt64($0)) }, forgetsWhenCut: true)
    #expect(outcome.failure?.contains("is lost") == true, "\(outcome)")
  }

  /// Cuts a connection of case `n` in place `n`, both directions in turn. After the last place it begins anew: with more
  /// presses in a message, then with the second connection cut there, after the first in its request.
  static func cut(
    _ cases: Range<Int>, _ random: (Int) -> SplitMix64, forgetsWhenCut: Bool
  ) async throws -> Outcome {
    let server = try await CutServer()
    defer { try? FileManager.default.removeItem(atPath: server.directory) }
    var oracle = WeekOracle()
    var outcome = Outcome()
    var kiosks: [CutKiosk] = []
    for number in 0..<kioskCount(cases) {
      let kiosk = try CutKiosk(directory: server.directory + "/kiosk-\(number)", forgetsWhenCut: forgetsWhenCut)
      guard let address = try await server.listen(for: "k\(number)") else { throw CutKiosk.Connector.NoAddress() }
      try await kiosk.proxy.start(to: address)
      kiosks.append(kiosk)
    }
    try await withThrowingTaskGroup(of: Void.self) { runners in
      for kiosk in kiosks { runners.addTask { try await kiosk.run() } }
      // How many bytes there are to cut; none later has fewer.
      try await kiosks[0].press([CutKiosk.Case(random: random(.max))]) {
        oracle.pressed($0, kiosks[0].spool.id, at: $1, isThanked: true)
      }
      // The press is answered before the connection has ended, and only then are its bytes known.
      for await _ in kiosks[0].proxy.ends where [.toServer, .toKiosk].allSatisfy({ kiosks[0].proxy.bytes($0) > 0 }) {
        break
      }
      let places = [Cut.Direction.toServer, .toKiosk].flatMap { direction in
        (0..<kiosks[0].proxy.bytes(direction)).map { Cut(direction: direction, position: $0) }
      }
      outcome.positions = places.count
      let requests = kiosks[0].proxy.bytes(.toServer)
      let plans = kiosks.indices.map { number in
        cases.filter { $0 % kiosks.count == number }.map { number in
          var one = CutKiosk.Case(number: number, random: random(number))
          let round = number / places.count
          one.presses = 1 + round % 3
          // In its first half, lest it is answered: then there would be no second connection.
          if round / 3 % 2 == 1 {
            one.cuts = [Cut(direction: .toServer, position: .random(in: 0...requests / 2, using: &one.random))]
          }
          one.cuts.append(places[number % places.count])
          return one
        }
      }
      try await withThrowingTaskGroup(of: [(SpoolTap, Timestamp)].self) { pressers in
        for (number, kiosk) in kiosks.enumerated() {
          let plan = plans[number]
          pressers.addTask {
            var taps: [(SpoolTap, Timestamp)] = []
            try await kiosk.press(plan) { taps.append((SpoolTap($0, kiosk.spool.id), $1)) }
            return taps
          }
        }
        for try await taps in pressers {
          for (tap, wall) in taps { oracle.pressed(tap.tap, tap.spool, at: wall, isThanked: true) }
        }
      }
      runners.cancelAll()
      try await runners.waitForAll()
    }
    for kiosk in kiosks {
      try await kiosk.proxy.stop()
      outcome.reached.formUnion(kiosk.proxy.reached)
    }
    try await server.stop()
    outcome.presses = oracle.presses.count
    outcome.failure = try judge(&oracle, server.directory, kiosks)
    return outcome
  }

  struct SpoolTap {
    var tap: Tap
    var spool: [UInt8]

    init(_ tap: Tap, _ spool: [UInt8]) {
      self.tap = tap
      self.spool = spool
    }
  }

  private static func kioskCount(_ cases: Range<Int>) -> Int { min(mostKiosks, cases.count) }

  private static func judge(
    _ oracle: inout WeekOracle, _ directory: String, _ kiosks: [CutKiosk]
  ) throws -> String? {
    let path = LedgerDirectory(path: directory).ledger
    let disk = try Connection(path: path, access: .readOnly)
    try oracle.read(disk)
    oracle.judgeEntries()
    for kiosk in kiosks {
      let counts = oracle.counts(of: kiosk.spool.id)
      let entered = oracle.sum(counts, .counted)
      if kiosk.spool.status.counted != entered || kiosk.spool.status.pending != 0 {
        oracle.found("a kiosk has \(kiosk.spool.status), the ledger \(entered)")
      }
    }
    let verified = try LedgerVerifier.run(directory: directory)
    if let difference = verified.differences.first { oracle.found(difference) }
    return oracle.breach
  }
}
