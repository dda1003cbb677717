import Polling
import Testing

@testable import Ledger

@Suite(.timeLimit(.minutes(1)))
struct PaperEventBodyTests {
  private static func events() throws -> [PaperEvent] {
    let span = DaySpan(first: Day(number: 20_270), last: Day(number: 20_300))
    let unit = try UnitPath("phuong/quay-01")
    func row(_ number: UInt64, _ label: String, _ content: PaperRow.Content) -> PaperRow {
      PaperRow(number: number, label: label, unit: unit, period: span, content: content)
    }
    let rows = [
      row(2, "T-01", .total(question: "muc-do", level: .choice("T"), count: 300, questionnaires: 400)),
      row(3, "T-01", .total(question: "muc-do", level: .blank, count: 0, questionnaires: nil)),
      row(4, "", .total(question: "muc-do", level: .invalid, count: 1, questionnaires: nil)),
      // One looks like the other.
      row(
        5, "Tờ", .questionnaire([Answer(question: "muc-do", choices: ["T"]), Answer(question: "ly-do", choices: [])])),
      row(6, "To\u{302}\u{300}", .questionnaire([])), row(7, "T\u{1EDD}", .questionnaire([])),
      row(8, "To\u{31B}\u{300}", .questionnaire([])),
    ]
    let manifest = PaperManifest(
      pollVersion: 3, unit: unit, period: span, questionnaires: 1_927,
      controls: [
        .init(.votes(question: "muc-do", choice: "T"), 1_000), .init(.undervotes(question: "muc-do"), 0),
      ],
      isSingleEntry: true, files: [[UInt8](repeating: 7, count: 32)])
    return [
      .putManifest(manifest, why: "số phiếu"), .claim(.first), .claim(.second),
      .rows(
        PaperChunk(
          entry: .second, file: [UInt8](0..<32), fileName: "kết quả.csv", number: 12, isLast: true,
          rows: try PaperRows(rows))),
      .finalise(.first, warnings: ["W341", "W310"]), .discard(.second, why: "nhầm tệp"),
      .discard(.second, why: nil), .reset(why: "nhầm"),
      .resolve(.keep(.first), why: "a"), .resolve(.drop(.second), why: "b"), .accept,
      .resolve(.correct(PaperCell(unit: unit, day: span.last, subject: .ballots), count: 300), why: "e"),
      .resolve(
        .correct(
          PaperCell(unit: unit, day: span.last, subject: .votes(question: "muc-do", choice: "T")), count: 0), why: "e"),
      .drawSheets(seed: "20237331128159211123", sheets: 300),
      .recordSheets([.init(sheet: 300, .match), .init(sheet: 2, .mismatch)], why: "tờ 2"), .recordSheets([], why: ""),
      .proposeReversal(why: "c"), .withdrawReversal(why: "d"), .confirmReversal,
    ]
  }

  private static func act(_ event: PaperEvent, body: [UInt8]? = nil) throws -> Act {
    Act(
      register: .paper(try PollID("hai-long"), try PaperBatchCode("t7")), id: .init(high: 1, low: 2),
      name: event.word.rawValue, body: body ?? event.body, by: "clerk/phuong/lan", at: Timestamp(milliseconds: 0))
  }

  @Test func everyEventIsReadAsItWasWritten() throws {
    let events = try Self.events()
    #expect(Set(events.map(\.word)) == Set(PaperEvent.Word.allCases))
    for event in events {
      #expect(try PaperEvent(try Self.act(event)) == event)
      // Swift holds texts equal that only look the same.
      #expect(try PaperEvent(try Self.act(event)).body == event.body)
    }
  }

  @Test func everyByteIsReadOrRefused() throws {
    for event in try Self.events() {
      let body = event.body
      for length in body.indices {
        #expect(throws: LedgerFileError.self, "\(event.word)") {
          try PaperEvent(try Self.act(event, body: Array(body[..<length])))
        }
      }
      for place in body.indices {
        for bit in 0..<8 {
          var flipped = body
          flipped[place] ^= 1 << bit
          let read = try? PaperEvent(try Self.act(event, body: flipped))
          #expect(read.map { $0.body == flipped } ?? true, "\(event.word): bit \(bit) of byte \(place)")
        }
      }
    }
  }

  @Test func aThousandRowsAreCompact() throws {
    let rows = try (0..<1_000).map { index in
      PaperRow(
        number: UInt64(index + 2), label: "T-\(index / 6)", unit: try UnitPath("phuong/mot-cua/quay-0\(index % 9)"),
        period: DaySpan(first: Day(number: 20_270), last: Day(number: 20_270)),
        content: .total(question: "muc-do", level: .choice("T"), count: Int64(index), questionnaires: 2_646))
    }
    let chunk = PaperChunk(
      entry: .first, file: [UInt8](0..<32), fileName: "t7.csv", number: 1, isLast: false, rows: try PaperRows(rows))
    #expect(PaperEvent.rows(chunk).body.count < 20_000)
  }
}
