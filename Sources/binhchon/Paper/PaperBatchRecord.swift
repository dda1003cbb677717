internal import Schema

/// How a batch of paper stands, for people and programs.
struct PaperBatchRecord: ToldRecord {
  struct Entry: Encodable {
    var number: UInt32
    var by: String
    var rows: UInt64
    var final: Bool
    var warnings: [String]
    var files: [File]
  }
  struct File: Encodable {
    var name: String
    var sha256: String
    var rows: UInt64
    var whole: Bool
  }
  struct Difference: Encodable {
    var unit: String
    var day: String
    var question: String
    var choice: String
    var first: UInt64
    var second: UInt64
  }
  struct Correction: Encodable {
    var unit: String
    var day: String
    var question: String
    var choice: String
    var count: UInt64
    var by: String
    var at: String
    var act: UInt64
    var why: String

    init(_ message: Binhchon_V1_PaperCorrection) {
      unit = message.count.unit
      day = message.count.day
      question = message.count.subject.question
      choice = message.count.subject.choice
      count = message.count.count
      by = message.by
      at = LocalTime.iso(milliseconds: message.atMs)
      act = message.act
      why = message.why
    }

    /// Whether the figure has it in it.
    func isOf(_ figure: FigureWord) -> Bool {
      (unit == figure.unit || unit.hasPrefix(figure.unit + "/")) && (figure.day ?? day) == day
        && question == figure.question && choice == figure.choice
    }

    func line(_ language: Language) -> String {
      let what = PaperBatchRecord.subject(question, choice)(language)
      return Text(
        vi: "  sửa theo tờ gốc: \(unit) \(day) \(what): \(count) (\(by), \(at)) – \(why)",
        en: "  corrected: \(unit) \(day) \(what): \(count) (\(by), \(at)) – \(why)")(language)
    }
  }
  struct Control: Encodable {
    var question: String
    var choice: String
    var manifest: UInt64
    var entered: UInt64
  }
  struct Step: Encodable {
    var act: UInt64
    var event: String
    var by: String
    var at: String
    var why: String?
  }

  var poll: String
  var batch: String
  var phase: String
  var unit: String
  var from: String
  var to: String
  var questionnaires: UInt64
  var singleEntry: Bool
  var kept: UInt32?
  var entries: [Entry]
  var differences: [Difference]
  var differenceCount: UInt32
  var manifestDifferences: [Control]
  /// SHA-256 of files that the manifest names and no entry has, once all were made.
  var missingFiles: [String]
  var corrections: [Correction]
  var audit: PaperAuditRecord?
  var history: [Step]
  private let stage: Text

  private enum CodingKeys: CodingKey {
    case poll, batch, phase, unit, from, to, questionnaires, singleEntry, kept, entries, differences, differenceCount
    case manifestDifferences, missingFiles, corrections, audit, history
  }

  init(_ message: Binhchon_V1_PaperBatch) {
    poll = message.poll
    batch = message.batch
    (phase, stage) = message.phase.words
    unit = message.manifest.unit
    from = message.manifest.firstDay
    to = message.manifest.lastDay
    questionnaires = message.manifest.questionnaires
    singleEntry = message.manifest.singleEntry
    kept = message.kept == 0 ? nil : message.kept
    entries = message.entries.map { entry in
      Entry(
        number: entry.number, by: entry.by, rows: entry.rows, final: entry.final, warnings: entry.warnings,
        files: entry.files.map {
          File(name: $0.name, sha256: $0.hash.hexadecimal, rows: $0.rows, whole: $0.whole)
        })
    }
    differences = message.differences.map {
      Difference(
        unit: $0.unit, day: $0.day, question: $0.subject.question, choice: $0.subject.choice, first: $0.first,
        second: $0.second)
    }
    differenceCount = message.differenceCount
    manifestDifferences = message.manifestDifferences.map {
      Control(
        question: $0.subject.question, choice: $0.subject.choice, manifest: $0.manifest, entered: $0.entered)
    }
    let entered = Set(message.entries.flatMap { $0.files.map(\.hash) })
    missingFiles =
      message.phase.hasAllEntries ? message.manifest.files.filter { !entered.contains($0) }.map(\.hexadecimal) : []
    corrections = message.corrections.map(Correction.init)
    audit = message.hasAudit ? PaperAuditRecord(message.audit) : nil
    history = message.history.map {
      Step(
        act: $0.act, event: $0.event, by: $0.by, at: LocalTime.iso(milliseconds: $0.atMs),
        why: $0.why.isEmpty ? nil : $0.why)
    }
  }

  func lines(_ language: Language) -> [String] {
    var lines = [
      "\(batch): \(stage(language))",
      Text(
        vi: "  bảng kê: \(unit), \(from) – \(to), \(questionnaires) phiếu\(singleEntry ? ", nhập một lần" : "")",
        en: "  manifest: \(unit), \(from) – \(to), \(questionnaires) questionnaires\(singleEntry ? ", one entry" : "")")(
          language),
    ]
    for entry in entries {
      let note = kept == entry.number ? Text(vi: " · được dùng", en: " · the one that counts")(language) : ""
      lines.append(
        Text(
          vi: "  lần nhập \(entry.number): \(entry.by), \(entry.rows) dòng\(entry.final ? "" : ", chưa xong")",
          en: "  entry \(entry.number): \(entry.by), \(entry.rows) rows\(entry.final ? "" : ", not final")")(language)
          + note)
      for file in entry.files { lines.append("    \(file.name) \(file.sha256)") }
      if !entry.warnings.isEmpty {
        let codes = entry.warnings.joined(separator: ", ")
        lines.append(
          Text(vi: "    \(entry.by) chấp nhận cảnh báo: \(codes)", en: "    \(entry.by) accepted warnings: \(codes)")(
            language))
      }
    }
    for difference in differences {
      let what = Self.subject(difference.question, difference.choice)(language)
      lines.append(
        Text(
          vi: "  khác nhau: \(difference.unit) \(difference.day) \(what): \(difference.first) ≠ \(difference.second)",
          en: "  differ: \(difference.unit) \(difference.day) \(what): \(difference.first) ≠ \(difference.second)")(
            language))
    }
    for control in manifestDifferences {
      let what = Self.subject(control.question, control.choice)(language)
      lines.append(
        Text(
          vi: "  khác bảng kê: \(what): nhập \(control.entered), bảng kê \(control.manifest)",
          en: "  not as the manifest says: \(what): entered \(control.entered), manifest \(control.manifest)")(language)
      )
    }
    lines += missingFiles.map {
      Text(
        vi: "  khác bảng kê: chưa lần nào nhập tệp \($0)", en: "  not as the manifest says: no entry has file \($0)")(
          language)
    }
    lines += corrections.map { $0.line(language) }
    if let audit { lines += audit.lines(language).map { "  " + $0 } }
    for step in history {
      lines.append("  \(step.act) \(step.at) \(step.event) \(step.by)\(step.why.map { " – \($0)" } ?? "")")
    }
    return lines
  }

  var isAsManifest: Bool { manifestDifferences.isEmpty && missingFiles.isEmpty }
  /// Both entries say the same, and what the manifest says.
  var isAsAgreed: Bool { phase != "entries-differ" && isAsManifest }

  static func subject(_ question: String, _ choice: String) -> Text {
    if question.isEmpty { return Text(vi: "số phiếu", en: "questionnaires") }
    if choice.isEmpty { return Text(vi: "\(question) trống", en: "\(question) not used") }
    return Text(verbatim: "\(question) \(choice)")
  }
}

extension Binhchon_V1_PaperPhase {
  fileprivate var hasAllEntries: Bool {
    switch self {
    case .entriesDiffer, .definitive, .accepted, .reversalProposed, .reversed: true
    case .unspecified, .empty, .awaitingFirst, .enteringFirst, .awaitingSecond, .enteringSecond, .UNRECOGNIZED: false
    }
  }

  fileprivate var words: (String, Text) {
    switch self {
    case .unspecified, .UNRECOGNIZED: ("unknown", Text(vi: "không rõ", en: "unknown"))
    case .empty: ("empty", Text(vi: "chưa có gì", en: "nothing yet"))
    case .awaitingFirst: ("awaiting-first", Text(vi: "chờ nhập lần một", en: "awaits the first entry"))
    case .enteringFirst: ("entering-first", Text(vi: "đang nhập lần một", en: "the first entry is under way"))
    case .awaitingSecond:
      ("awaiting-second", Text(vi: "chờ người khác nhập lần hai", en: "awaits the second entry, by another person"))
    case .enteringSecond: ("entering-second", Text(vi: "đang nhập lần hai", en: "the second entry is under way"))
    case .entriesDiffer:
      (
        "entries-differ",
        Text(vi: "hai lần nhập khác nhau: điều phối viên quyết định", en: "the entries differ: a coordinator decides")
      )
    case .definitive: ("definitive", Text(vi: "đã chốt, chờ duyệt", en: "definitive, awaits acceptance"))
    case .accepted: ("accepted", Text(vi: "đã duyệt, có trong kết quả", en: "accepted, in the figures"))
    case .reversalProposed:
      (
        "reversal-proposed",
        Text(vi: "có đề nghị rút, còn trong kết quả", en: "reversal proposed, still in the figures")
      )
    case .reversed: ("reversed", Text(vi: "đã rút khỏi kết quả", en: "reversed, in no figure"))
    }
  }
}

extension Sequence where Element == UInt8 {
  /// Two small digits each.
  var hexadecimal: String {
    map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
