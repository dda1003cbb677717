import Polling
import Testing

struct PressTests {
  struct FlagsRow: CustomStringConvertible, Sendable {
    var description: String
    var mark: PressMark
    var expected: RecordFlags
    var cooldown: Int64 = 3_000
    var burst: UInt32? = 10
  }

  static let flagsRows = [
    FlagsRow(description: "nothing to say", mark: PressMark(), expected: []),
    FlagsRow(
      description: "just at the end of the cooldown", mark: PressMark(sincePreviousMilliseconds: 3_000), expected: []),
    FlagsRow(
      description: "within it", mark: PressMark(sincePreviousMilliseconds: 2_999), expected: .cooldown),
    FlagsRow(description: "at once", mark: PressMark(sincePreviousMilliseconds: 0), expected: .cooldown),
    FlagsRow(
      description: "before the one before", mark: PressMark(sincePreviousMilliseconds: .min), expected: .cooldown),
    FlagsRow(description: "ages later", mark: PressMark(sincePreviousMilliseconds: .max), expected: []),
    FlagsRow(
      description: "no cooldown", mark: PressMark(sincePreviousMilliseconds: 0), expected: [], cooldown: 0),
    FlagsRow(
      description: "repeated, no cooldown", mark: PressMark(isRepeated: true), expected: .cooldown, cooldown: 0),
    FlagsRow(description: "the last one allowed", mark: PressMark(recent: 10), expected: []),
    FlagsRow(description: "one more", mark: PressMark(recent: 11), expected: .burst),
    FlagsRow(description: "no burst rule", mark: PressMark(recent: .max), expected: [], burst: nil),
    FlagsRow(
      description: "both", mark: PressMark(sincePreviousMilliseconds: 1, recent: 11), expected: [.cooldown, .burst]),
    FlagsRow(description: "set forward", mark: PressMark(clock: .forward), expected: .clock),
    FlagsRow(description: "set back", mark: PressMark(clock: [.backward, .unknown]), expected: .clock),
    FlagsRow(description: "never set", mark: PressMark(clock: [.unset, .unknown]), expected: .clock),
    FlagsRow(description: "the first after a start", mark: PressMark(clock: .unknown), expected: []),
  ]

  @Test(arguments: flagsRows)
  func flags(_ row: FlagsRow) {
    #expect(PressRules.flags(row.mark, cooldown: row.cooldown, burst: row.burst) == row.expected)
  }

  @Test func whatPublishedFiguresHave() {
    let flags: [RecordFlags] = [[], .clock, .late, [.clock, .late], .cooldown, .burst, [.late, .cooldown]]
    #expect(flags.map(\.isCounted) == [true, true, true, true, false, false, false])
    // Each in one column.
    #expect(
      flags.map { PressCounts(cast: $0) } == [
        PressCounts(counted: 1), PressCounts(counted: 1), PressCounts(late: 1), PressCounts(late: 1),
        PressCounts(flagged: 1), PressCounts(flagged: 1), PressCounts(flagged: 1),
      ])
  }

  @Test func countsAddUp() {
    var counts = PressCounts(counted: 1, flagged: 2, late: 3, corrected: 4, duplicate: 5, rejected: 6)
    #expect(counts.total == 21)
    counts.add(PressCounts(counted: 10, flagged: 20, late: 30, corrected: 40, duplicate: 50, rejected: 60))
    #expect(counts == PressCounts(counted: 11, flagged: 22, late: 33, corrected: 44, duplicate: 55, rejected: 66))
    counts.add(PressCounts(counted: .max))
    #expect(counts.counted == 10, "a damaged file does not trap")
  }

  @Test func spoolsHaveNames() throws {
    let bytes = [UInt8](0..<16)
    let spool = try SpoolID(bytes: bytes)
    #expect(spool.bytes == bytes)
    #expect(spool.description == "000102030405060708090a0b0c0d0e0f")
    #expect(throws: InvalidValue.self) { try SpoolID(bytes: bytes.dropLast()) }
    #expect(throws: InvalidValue.self) { try SpoolID(bytes: bytes + [1]) }
    #expect(try SpoolID(bytes: [UInt8](repeating: 0, count: 16)) == .others)
    #expect(SpoolID(high: 0, low: .max) < SpoolID(high: 1, low: 0))
    #expect(SpoolID(high: 1, low: 1) < SpoolID(high: 1, low: 2))
  }
}
