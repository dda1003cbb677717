import Polling
import SQLite
import Testing

@testable import Ledger

/// What kiosks say of themselves, and who is listed.
@Suite(.timeLimit(.minutes(5)))
struct KioskReportTests {
  private static func accounts(_ bench: Bench, within unit: String = "hai-chau") async throws -> [KioskAccount] {
    try await bench.ledger.kiosks(within: UnitPath(unit))
  }

  /// A report makes no entry, is there after a crash, and the latest stands.
  @Test func theLatestStands() async throws {
    let bench = try await Bench.new()
    let outcome = try await bench.append(.reportKiosk(try Sample.report(presses: 1)))
    #expect(outcome == [.entered(sequence: 1, .kioskReported(SpoolMark()))])
    var latest = try Sample.report(presses: 7, at: 60_000, days: 3)
    latest.skewMilliseconds = -7_200_000
    latest.hasSetAsideSpool = true
    latest.pending = .max
    _ = try await bench.append(.reportKiosk(latest))
    #expect(bench.commits.count == 1, "nothing for observers")

    let copy = try TemporaryDirectory()
    for name in ["ledger.db", "ledger.db-wal"] {
      try FileBytes.copy("\(bench.directory.path)/\(name)", to: "\(copy.path)/\(name)")
    }
    await bench.ledger.close()
    let recovered = try Bench(copy)
    latest.days.sort { $0.day > $1.day }
    #expect(try await Self.accounts(recovered).map(\.report) == [latest])
    #expect(try recovered.verify().differences == [])
    #expect(recovered.state.revision == 1)
    await recovered.ledger.close()
  }

  /// What comes late takes nothing back, whichever process of the server hears it; and whoever was put back learns
  /// from the answer how far it had come.
  @Test func whatComesLateIsNoNews() async throws {
    var bench = try await Bench.new()
    func hear(_ number: UInt64, presses: UInt64, at: Int64) async throws -> [UInt64] {
      let outcomes = try await bench.append(.reportKiosk(try Sample.report(presses: presses, at: at), number: number))
      guard case .entered(_, .kioskReported(_, let newest))? = outcomes.first else { return [] }
      let report = try #require(try await Self.accounts(bench).first?.report)
      return [newest, report.presses, UInt64(report.at.milliseconds - Sample.time.milliseconds)]
    }
    #expect(try await hear(7, presses: 3, at: 1) == [7, 3, 1])
    #expect(try await hear(6, presses: 4, at: 2) == [7, 3, 2], "it is heard of all the same")
    bench = try await bench.reopened()
    #expect(try await hear(1, presses: 5, at: 3) == [7, 3, 3])
    #expect(try await hear(7, presses: 6, at: 4) == [7, 6, 4], "the same message, answered anew")
    #expect(try await hear(8, presses: 2, at: 5) == [8, 2, 5], "a spool that was put back has fewer presses")
    #expect(try await hear(0, presses: 7, at: 6) == [8, 7, 6], "without a number it is the latest")
    #expect(try await hear(.max, presses: 8, at: 7) == [UInt64(Int64.max), 8, 7])
    await bench.ledger.close()
  }

  /// The answer says where the spool stands, with what came before it in the same call.
  @Test func theAnswerIncludesTheCall() async throws {
    let bench = try await Bench.new()
    let report = Submission.reportKiosk(try Sample.report())
    let outcomes = try await bench.append(
      try Sample.press(1), try Sample.refused(2), try Sample.press(4), report, try Sample.press(3), report)
    #expect(outcomes[3] == .entered(sequence: 4, .kioskReported(SpoolMark(highest: 4, gaps: [3...3]))))
    #expect(outcomes[5] == .entered(sequence: 5, .kioskReported(SpoolMark(highest: 4))))
    let reopened = try await bench.reopened()
    #expect(try await reopened.append(report) == [.entered(sequence: 5, .kioskReported(SpoolMark(highest: 4)))])
    let other = try Sample.report(spool: SpoolID(high: 9, low: 9))
    #expect(
      try await reopened.append(.reportKiosk(other)) == [.entered(sequence: 5, .kioskReported(SpoolMark()))])
    await reopened.ledger.close()
  }

  /// Of many spools those that reported last, of many days the newest.
  @Test func bounds() async throws {
    let bench = try await Bench.new()
    let most = UInt64(KioskReport.mostSpools)
    for number in 1...2 * most {
      _ = try await bench.append(
        .reportKiosk(
          try Sample.report(spool: SpoolID(high: 0, low: number), at: Int64(number), days: KioskReport.mostDays + 100)))
    }
    _ = try await bench.append(.reportKiosk(try Sample.report(kiosk: "kiosk/hai-chau/mot-cua/quay-02")))
    let accounts = try await Self.accounts(bench)
    #expect(
      accounts.filter { $0.kiosk == Sample.kiosk }.map(\.spool)
        == (most + 1...2 * most).reversed().map { SpoolID(high: 0, low: $0) })
    #expect(accounts.first?.report?.days.count == KioskReport.mostDays)
    #expect(accounts.first?.report?.days.map(\.day.number).min() == 100)
    #expect(accounts.count == Int(most) + 1)
    await bench.ledger.close()
  }

  /// Who names spools as it likes, and days, gets so many of its own: nothing is lost, and nothing grows.
  @Test func manySpools() async throws {
    let bench = try await Bench.new()
    let presses = try (1...100 as ClosedRange<UInt64>).map { number in
      try Sample.press(number, spool: SpoolID(high: number, low: 0), day: Int64(number) * 1_000)
    }
    _ = try await bench.ledger.append(presses)
    let accounts = try await Self.accounts(bench)
    #expect(accounts.count == KioskReport.mostSpools + 1)
    let others = try #require(accounts.first { $0.spool == .others })
    #expect(others.total.counted == 84)
    #expect(others.mark == SpoolMark(unnumbered: 84))
    #expect(others.days[PressDay.unset] != nil, "after 2099 there are no days")
    let reopened = try await bench.reopened()
    #expect(try await Self.accounts(reopened) == accounts)
    #expect(try reopened.verify().differences == [])
    await reopened.ledger.close()
  }

  @Test func whoIsListed() async throws {
    let bench = try await Bench.new()
    let (unit, far) = (try UnitPath("hai-chau/mot-cua"), try UnitPath("cam-le"))
    func enrolled(_ name: String, _ unit: UnitPath, _ byte: UInt8, expires: Int64) -> [Submission] {
      let hash = [UInt8](repeating: byte, count: 32)
      return [
        .openKioskCode(
          KioskCode(hash: hash, unit: unit, name: name, expires: Timestamp(milliseconds: .max)), by: "a",
          at: Sample.time),
        .enrolKiosk(
          KioskCertificate(
            unit: unit, name: name, serial: "0A", keyFingerprint: hash, expires: Timestamp(milliseconds: expires),
            certificate: [1]), codeHash: hash, at: Sample.time),
      ]
    }
    // Heard of and certified, twice; silent; far away; heard of and not certified by us.
    _ = try await bench.ledger.append(
      enrolled("quay-01", unit, 1, expires: 20) + enrolled("quay-01", unit, 2, expires: 10)
        + enrolled("quay-02", unit, 3, expires: 30) + enrolled("quay-01", far, 4, expires: 40) + [
          .reportKiosk(try Sample.report()), try Sample.press(1),
          try Sample.press(2, kiosk: "kiosk/hai-chau/quay-09"),
        ])
    func listed(_ unit: String) async throws -> [String] {
      try await Self.accounts(bench, within: unit).map {
        "\($0.kiosk.dropFirst(6)) \($0.total.total) \($0.certificateExpires?.milliseconds ?? 0)"
          + ($0.spool == nil ? " silent" : "") + ($0.report == nil ? "" : " reported")
      }
    }
    #expect(
      try await listed("hai-chau") == [
        "hai-chau/mot-cua/quay-01 1 20 reported", "hai-chau/mot-cua/quay-02 0 30 silent", "hai-chau/quay-09 1 0",
      ])
    #expect(
      try await listed("hai-chau/mot-cua") == [
        "hai-chau/mot-cua/quay-01 1 20 reported", "hai-chau/mot-cua/quay-02 0 30 silent",
      ])
    #expect(try await listed("cam-le") == ["cam-le/quay-01 0 40 silent"])
    #expect(try await listed("hai") == [])
    await bench.ledger.close()
  }

  /// Many ask at once, beside a writer: each sees what was acknowledged before it asked.
  @Test func readersBesideTheWriter() async throws {
    var options = SQLiteLedger.Options()
    options.settlingStride = 50
    options.checkpointPages = 50
    let bench = try await Bench.new(options)
    for first in stride(from: 1 as UInt64, to: 240, by: 30) {
      let read = try await withThrowingTaskGroup(of: UInt64.self) { group in
        for _ in 0..<4 {
          group.addTask { try await Self.accounts(bench).first?.total.counted ?? 0 }
        }
        group.addTask {
          _ = try await bench.ledger.append(try (first..<first + 30).map { try Sample.press($0) })
          return try await Self.accounts(bench).first?.total.counted ?? 0
        }
        return try await group.reduce(into: [UInt64]()) { $0.append($1) }
      }
      #expect(read.allSatisfy { $0 == first - 1 || $0 == first + 29 })
      #expect(read.contains(first + 29))
    }
    await bench.ledger.close()
    #expect(try await Self.accounts(bench).first?.mark == SpoolMark(highest: 240), "read when closed as well")
  }

  @Test func aReaderSaysWhatIsWrong() async throws {
    let bench = try await Bench.new()
    _ = try await bench.append(.reportKiosk(try Sample.report()))
    await bench.ledger.close()
    do {
      let connection = try Connection(path: bench.directory.path + "/ledger.db", access: .readWrite)
      try connection.execute("UPDATE kiosk_report SET body = x'09'")
    }
    let error = await #expect(throws: LedgerFileError.self) { try await Self.accounts(bench) }
    #expect(error?.code == .damaged)
    let report = try bench.verify()
    #expect(report.differences.contains { $0.contains("the report of kiosk") }, "\(report.differences)")
  }
}
