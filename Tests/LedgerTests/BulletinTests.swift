import Polling
import Testing

@testable import Ledger

@Suite struct BulletinTests {
  /// In the order of their bytes, which is that of no language: "Z" before "a", "a" before "ấ". What is 0 is no line.
  @Test func aLinePerCell() throws {
    func key(_ subject: CellKey.Subject, day: Int32 = 0) throws -> CellKey {
      CellKey(
        subject: subject, unit: try UnitPath("hai-chau"), channel: .kiosk, flags: .late, day: Day(number: day))
    }
    let cells: [PollID: [CellKey: Int64]] = [
      try PollID("b"): [try key(.ballots): 3],
      try PollID("a"): [
        try key(.votes(question: "q", choice: "ấ")): 1, try key(.votes(question: "q", choice: "a")): -2,
        try key(.votes(question: "q", choice: "Z")): 4, try key(.undervotes(question: "q")): 5,
        try key(.ballots, day: 1): 6, try key(.ballots): 0,
      ],
    ]
    let report = VerifyReport(
      epoch: "e", revision: 1, entries: 1, ballots: 1, voided: 0, polls: 2, cells: cells, differences: [],
      differenceCount: 0, duration: .zero)
    let kiosk = Channel.kiosk.rawValue
    #expect(
      report.bulletin == [
        "a\t1970-01-01\thai-chau\t\(kiosk)\t8\tq\t\t5", "a\t1970-01-01\thai-chau\t\(kiosk)\t8\tq\tZ\t4",
        "a\t1970-01-01\thai-chau\t\(kiosk)\t8\tq\ta\t-2", "a\t1970-01-01\thai-chau\t\(kiosk)\t8\tq\tấ\t1",
        "a\t1970-01-02\thai-chau\t\(kiosk)\t8\t\t\t6", "b\t1970-01-01\thai-chau\t\(kiosk)\t8\t\t\t3",
      ])
  }
}
