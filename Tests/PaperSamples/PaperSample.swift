public import Polling

/// A batch of two counters in July 2025, entered by Lan and Mai, judged by Hòa and Kim.
public enum PaperSample {
  public static let lan = PaperPerson(.clerk, "phuong/lan")
  public static let mai = PaperPerson(.clerk, "phuong/mai")
  public static let hoa = PaperPerson(.coordinator, "phuong/hoa")
  public static let kim = PaperPerson(.coordinator, "phuong/kim")
  public static let thu = PaperPerson(.auditor, "phuong/thu")

  /// 2025-07-01.
  public static let first = Day(number: 20_270)
  public static let july = DaySpan(first: first, last: Day(number: 20_300))
  /// 2025-08-02.
  public static let now = Day(number: 20_302).start

  public static func poll() throws -> Poll {
    func choices(_ codes: [String]) -> [Choice] {
      codes.map { Choice(code: $0, label: LocalizedText(vi: $0, en: $0)) }
    }
    let text = LocalizedText(vi: "?", en: "?")
    return Poll(
      id: try PollID("hai-long"), version: 1, title: text, unit: try UnitPath("phuong"),
      units: [
        Unit(path: try UnitPath("phuong/quay-01"), name: text), Unit(path: try UnitPath("phuong/quay-02"), name: text),
      ],
      questions: [
        Question(id: "muc-do", text: text, kind: .ordinal, choices: choices(["K", "B", "T"])),
        Question(
          id: "ly-do", text: text, kind: .multiple(votesAllowed: 2), isOptional: true,
          choices: choices(["X", "Y", "Z"]),
          askedIf: Condition(.all, [.init(question: "muc-do", choices: ["K"])])),
      ])
  }

  public static func manifest(
    questionnaires: Int64 = 15, controls: [PaperManifest.Control] = [], isSingleEntry: Bool = false
  ) throws -> PaperManifest {
    PaperManifest(
      pollVersion: 1, unit: try UnitPath("phuong"), period: july, questionnaires: questionnaires, controls: controls,
      isSingleEntry: isSingleEntry)
  }

  public static func total(
    _ number: UInt64, _ level: PaperRow.Level, _ count: Int64, of questionnaires: Int64? = nil,
    at unit: String = "phuong/quay-01", question: String = "muc-do", sheet: String = "T-01", period: DaySpan = july
  ) throws -> PaperRow {
    PaperRow(
      number: number, label: sheet, unit: try UnitPath(unit), period: period,
      content: .total(question: question, level: level, count: count, questionnaires: questionnaires))
  }

  /// 15 questionnaires: 10 of them say T, 3 say K, 2 are blank or invalid.
  public static func rows(_ best: Int64 = 10) throws -> [PaperRow] {
    [
      try total(2, .choice("T"), best), try total(3, .choice("K"), 3), try total(4, .blank, 1),
      try total(5, .invalid, 1),
    ]
  }

  /// Of the counter and day of ``rows(_:)``.
  public static func cell(_ subject: CellKey.Subject) throws -> PaperCell {
    PaperCell(unit: try UnitPath("phuong/quay-01"), day: july.last, subject: subject)
  }

  public static func chunk(
    _ entry: PaperEntryNumber, file: UInt8 = 1, number: UInt32 = 1, isLast: Bool = true, _ rows: [PaperRow]
  ) throws -> PaperEvent {
    .rows(
      PaperChunk(
        entry: entry, file: [UInt8](repeating: file, count: 32), fileName: "t7.csv", number: number, isLast: isLast,
        rows: try PaperRows(rows)))
  }

  /// A batch to which all of this was done.
  public static func batch(_ steps: [(PaperEvent, PaperPerson)]) throws -> PaperBatch {
    var batch = PaperBatch()
    let poll = try poll()
    for (index, (event, person)) in steps.enumerated() {
      try batch.take(event, by: person, at: now, number: UInt64(index + 1), poll: poll)
    }
    return batch
  }

  /// The shortest way to each phase.
  public static func way(to phase: PaperBatch.Phase) throws -> [(PaperEvent, PaperPerson)] {
    func entered(
      _ entry: PaperEntryNumber, by person: PaperPerson, _ best: Int64 = 10
    ) throws -> [(PaperEvent, PaperPerson)] {
      [(.claim(entry), person), (try chunk(entry, try rows(best)), person)]
    }
    let manifest: [(PaperEvent, PaperPerson)] = [(.putManifest(try Self.manifest(), why: ""), lan)]
    let first = manifest + (try entered(.first, by: lan))
    let firstFinal = first + [(.finalise(.first, warnings: ["W341"]), lan)]
    let second = firstFinal + (try entered(.second, by: mai))
    let accepted = second + [(.finalise(.second, warnings: []), mai), (.accept, hoa)]
    return switch phase {
    case .empty: []
    case .awaitingFirst: manifest
    case .enteringFirst: first
    case .awaitingSecond: firstFinal
    case .enteringSecond: second
    case .entriesDiffer:
      firstFinal + (try entered(.second, by: mai, 9)) + [(.finalise(.second, warnings: []), mai)]
    case .definitive: Array(accepted.dropLast())
    case .accepted: accepted
    case .reversalProposed: accepted + [(.proposeReversal(why: "đếm nhầm"), hoa)]
    case .reversed: accepted + [(.proposeReversal(why: "đếm nhầm"), hoa), (.confirmReversal, kim)]
    }
  }
}
