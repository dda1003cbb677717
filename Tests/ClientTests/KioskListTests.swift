import Foundation
import Schema
import Testing

@testable import binhchon

/// How kiosks are listed, for people and for programs.
@Suite struct KioskListTests {
  static let now: Int64 = 1_795_143_600_000

  static func response(days: Bool = false) -> Binhchon_V1_ListKiosksResponse {
    var good = Binhchon_V1_Kiosk()
    good.kiosk = "kiosk/hai-chau/mot-cua/quay-01"
    good.unit = "hai-chau/mot-cua"
    good.name = "quay-01"
    good.spool = Data(repeating: 7, count: 16)
    good.lastSeenMs = now - 42_000
    good.version = "0.1.0"
    good.skewMs = -7_200_000
    good.pending = 12
    good.capacity = 1_000_000
    good.isLawKept = true
    good.total = counts(presses: 18_029, counted: 17_000, late: 17, pending: 1_012)
    good.today = counts(presses: 512, counted: 500, late: 0, pending: 12)
    var bad = good
    bad.name = "quay-02"
    bad.isLawKept = false
    bad.alarms = [.lawBroken, .gap, .silent]
    bad.lastSeenMs = now - 3 * 3_600_000
    bad.total.pending = 15
    bad.missing = 4
    bad.gaps = [range(3, 5), range(9, 9)]
    if days { bad.days = [day("2026-11-20", true), day("2026-11-19", false), day("1970-01-01", true)] }
    var new = Binhchon_V1_Kiosk()
    new.unit = "hai-chau"
    new.name = "quay-09"
    new.isLawKept = true
    new.alarms = [.neverSeen]
    var response = Binhchon_V1_ListKiosksResponse()
    response.kiosks = [good, bad, new]
    response.asOfMs = now
    return response
  }

  static func counts(presses: UInt64, counted: UInt64, late: UInt64, pending: Int64) -> Binhchon_V1_PressCounts {
    var counts = Binhchon_V1_PressCounts()
    counts.presses = presses
    counts.counted = counted
    counts.late = late
    counts.pending = pending
    return counts
  }

  static func range(_ first: UInt64, _ last: UInt64) -> Binhchon_V1_SequenceRange {
    var range = Binhchon_V1_SequenceRange()
    range.first = first
    range.last = last
    return range
  }

  static func day(_ name: String, _ isLawKept: Bool) -> Binhchon_V1_KioskDay {
    var day = Binhchon_V1_KioskDay()
    day.day = name
    day.isLawKept = isLawKept
    return day
  }

  @Test func theTableSaysWhatIsWrong() {
    let english = KioskTable.lines(Self.response(), Figures(language: .en))
    #expect(english[0].pieces[0].text.hasPrefix("KIOSK"))
    let page = text(english, columns: 300)
    #expect(page.contains("hai-chau/mot-cua/quay-01  42 s ago"))
    #expect(page.contains("12/1,000,000") && page.contains("-2 h") && page.contains("18,029"))
    #expect(page.contains("Alarms: 4"))
    #expect(page.contains("hai-chau/mot-cua/quay-02: 3 presses are missing"))
    #expect(page.contains("presses number 3–5, 9 are missing"))
    #expect(page.contains("silent for 3 h"))
    #expect(page.contains("hai-chau/quay-09: enrolled, and never heard of"))
    #expect(english[1].pieces[0].ink == .normal)
    #expect(english[2].pieces[0].ink == .bad)
    #expect(english[2].pieces[0].text.hasSuffix("BROKEN"))
    let vietnamese = text(KioskTable.lines(Self.response(), Figures(language: .vi)), columns: 300)
    #expect(vietnamese.contains("3 lần bấm bị mất") && vietnamese.contains("LỆCH"))
    #expect(vietnamese.contains("im lặng đã 3 giờ") && vietnamese.contains("chưa bao giờ liên lạc"))
  }

  @Test(arguments: Language.allCases) func anOrdinaryTerminalIsWideEnough(_ language: Language) {
    let lines = KioskTable.lines(Self.response(days: true), Figures(language: language), columns: 80)
    let alarms = lines.firstIndex { $0.pieces.first?.ink == .bold && $0.width < 20 } ?? lines.count
    #expect(lines.prefix(alarms).allSatisfy { $0.width <= 80 })
    #expect(text(lines).contains("18.029") || text(lines).contains("18,029"))
  }

  @Test func daysAreListedByTheDevicesClock() {
    let page = text(KioskTable.lines(Self.response(days: true), Figures(language: .en)), columns: 300)
    #expect(page.contains("20/11/2026") && page.contains("19/11/2026") && page.contains("clock not set"))
    #expect(page.contains("3 presses are missing (on 19/11/2026)"))
  }

  @Test(arguments: Binhchon_V1_KioskAlarm.allCases) func everyAlarmHasWords(_ alarm: Binhchon_V1_KioskAlarm) {
    var kiosk = Self.response().kiosks[1]
    kiosk.skewMs = .min
    kiosk.total.pending = .min
    let words = alarm.text(kiosk, asOfMs: .min)
    #expect(!words.vi.isEmpty && !words.en.isEmpty)
    #expect(alarm == .unspecified || words.vi != words.en)
    #expect(!alarm.word.contains(" "))
  }

  @Test func programsGetPlainNumbers() throws {
    let line = try JSONLine.encode(KioskRecord(Self.response().kiosks[1], asOfMs: Self.now))
    for part in [
      "\"law_kept\":false", "\"presses\":18029", "\"gaps\":[[3,5],[9,9]]", "\"missing\":4", "\"alarm\":\"law-broken\"",
      "\"skew_ms\":-7200000", "\"waiting\":12", "\"spool\":\"07070707070707070707070707070707\"",
    ] {
      #expect(line.contains(part), "\(line)")
    }
    let new = try JSONLine.encode(KioskRecord(Self.response().kiosks[2], asOfMs: Self.now))
    #expect(!new.contains("\"last_seen\"") && !new.contains("\"spool\""))
  }

  /// What is hidden is no 0, and what is wrong is told all the same.
  @Test func hiddenCountsAreDashes() throws {
    var response = Self.response()
    var hidden = response.kiosks[1]
    hidden.countsHidden = true
    (hidden.pending, hidden.gaps, hidden.missing) = (0, [], 0)
    hidden.clearTotal()
    hidden.clearToday()
    response.kiosks = [hidden]
    for columns in [nil, 60] {
      let lines = KioskTable.lines(response, Figures(language: .en), columns: columns)
      let page = text(lines, columns: 300)
      #expect(page.contains("–/1,000,000"))
      #expect(page.contains("left out, they are figures of a poll with k over 1"))
      #expect(page.contains("quay-02: the presses do not add up") && page.contains("quay-02: presses are missing"))
      #expect(!page.split(whereSeparator: \.isWhitespace).contains("0"), "\(page)")
    }
    let line = try JSONLine.encode(KioskRecord(hidden, asOfMs: Self.now))
    #expect(line.contains("\"counts_hidden\":true") && line.contains("\"missing\":0"))
    for key in ["presses", "total", "today", "waiting", "held", "gaps", "highest_sequence", "days"] {
      #expect(!line.contains("\"\(key)\""), "\(line)")
    }
  }

  @Test func aCheckWithoutKiosksIsNoGoodNews() {
    #expect(ListKiosks.isAlarming(.init()))
    #expect(ListKiosks.isAlarming(Self.response()))
    var good = Self.response()
    good.kiosks.removeLast(2)
    #expect(!ListKiosks.isAlarming(good))
  }

  static let spans: [(String, Int64?)] = [
    ("90s", 90_000), ("10m", 600_000), ("2h", 7_200_000), ("1d", 86_400_000), ("0m", nil), ("-1m", nil), ("m", nil),
    ("10", nil), ("10x", nil), ("", nil), ("9223372036854775807d", nil), ("100001s", nil),
  ]

  @Test(arguments: spans) func aSpanIsANumberAndAUnit(_ text: String, _ milliseconds: Int64?) {
    #expect(Span(argument: text)?.milliseconds == milliseconds)
  }

  @Test func theCorrectionListNamesBallotAndKiosk() throws {
    var correction = Binhchon_V1_Correction()
    correction.kiosk = "kiosk/hai-chau/mot-cua/quay-01"
    correction.receivedTimeMs = Self.now
    correction.ballot.poll = "p"
    correction.ballot.unit = "hai-chau/mot-cua/quay-01"
    var answer = Binhchon_V1_Answer()
    answer.question = "hai-long"
    answer.choices = ["RHL"]
    correction.ballot.answers = [answer]
    let page = text(CorrectionTable.lines([correction], .vi), columns: 300)
    #expect(page.contains("hai-long=RHL") && page.contains("20/11/2026 10:00:00"))
    let line = try JSONLine.encode(CorrectionRecord(correction))
    #expect(line.contains("\"choices\":{\"hai-long\":[\"RHL\"]}"), "\(line)")
  }
}
