internal import Polling
internal import Schema

/// A sample of sheets, what was found of them, and what follows.
struct PaperAuditRecord: ToldRecord {
  struct Finding: Encodable {
    var sheet: UInt64
    var match: Bool
    var by: String
    var at: String
    var act: UInt64
    var why: String?
  }
  struct Share: Encodable {
    var question: String
    var answers: UInt64
    var top: UInt64
    var lowest: UInt64
    var highest: UInt64
  }

  var seed: String
  /// Sheets of the entry that counts.
  var population: UInt64
  /// From 1, in the order of the draw.
  var drawn: [UInt64]
  var findings: [Finding]
  /// With those that were drawn and not looked at.
  var notMatching: UInt64
  var confidence = 0.95
  var mostSheets: UInt64
  var mostQuestionnaires: UInt64
  var shares: [Share]

  init(_ audit: Binhchon_V1_PaperAudit) {
    seed = audit.seed
    population = audit.population
    drawn = audit.drawn
    findings = audit.records.map {
      Finding(
        sheet: $0.sheet, match: $0.verdict == .match, by: $0.by, at: LocalTime.iso(milliseconds: $0.atMs), act: $0.act,
        why: $0.why.isEmpty ? nil : $0.why)
    }
    notMatching = audit.notMatching
    mostSheets = audit.mostSheets
    mostQuestionnaires = audit.mostQuestionnaires
    shares = audit.shares.map {
      Share(question: $0.question, answers: $0.answers, top: $0.top, lowest: $0.lowest, highest: $0.highest)
    }
  }

  func lines(_ language: Language) -> [String] {
    let figures = Figures(language: language)
    func count(_ value: Int) -> String { figures.count(UInt64(max(0, value))) }
    let matching = findings.count { $0.match }
    let (good, bad) = (count(matching), count(findings.count - matching))
    let (sheets, all, open) = (count(drawn.count), figures.count(population), count(drawn.count - findings.count))
    let (most, wrong) = (figures.count(mostSheets), figures.count(mostQuestionnaires))
    var lines = [
      Text(
        vi: "kiểm tra mẫu: \(sheets) trong \(all) tờ, hạt giống \(seed): "
          + "\(good) khớp, \(bad) không khớp, \(open) chưa xem",
        en: "audit: \(sheets) of \(all) sheets, seed \(seed): \(good) match, \(bad) do not, \(open) not looked at")(
          language),
      Text(
        vi: "  tin cậy 95 %: không quá \(most) tờ sai, không quá \(wrong) phiếu (chưa xem coi như sai)",
        en: "  95% confidence: at most \(most) sheets are wrong, at most \(wrong) questionnaires "
          + "(not looked at: as if wrong)")(language),
    ]
    for share in shares {
      func percent(_ count: UInt64) -> String {
        Proportion(count, of: share.answers)?.share.roundedHalfUp(places: 4).map {
          figures.percent(UInt64(clamping: $0))
        } ?? "–"
      }
      let (now, low, high) = (percent(share.top), percent(share.lowest), percent(share.highest))
      lines.append(
        Text(
          vi: "  \(share.question), hai mức cao nhất của lô: \(now); nếu mọi tờ nhập đúng: \(low) – \(high)",
          en: "  \(share.question), top two levels of the batch: \(now); "
            + "had all sheets been entered right: \(low) – \(high)")(language))
    }
    for finding in findings where !finding.match || finding.why != nil {
      let verdict = finding.match ? Text(vi: "khớp", en: "matches") : Text(vi: "không khớp", en: "does not match")
      let why = finding.why.map { " – \($0)" } ?? ""
      lines.append(
        Text(vi: "  tờ \(finding.sheet) ", en: "  sheet \(finding.sheet) ")(language)
          + "\(verdict(language)) (\(finding.by), \(finding.at))\(why)")
    }
    return lines
  }
}

/// A sheet that was drawn, as it was entered: to be held against the paper.
struct DrawnSheetRecord: ToldRecord {
  struct Body: Encodable {
    var number: UInt64
    /// Nil: not looked at.
    var match: Bool?
    var rows: [PaperRowRecord]
  }
  var sheet: Body

  func lines(_ language: Language) -> [String] {
    guard let first = sheet.rows.first, let last = sheet.rows.last else { return [] }
    let rows = first.row == last.row ? "\(first.row)" : "\(first.row)–\(last.row)"
    let verdict: Text =
      switch sheet.match {
      case true?: Text(vi: "khớp", en: "matches")
      case false?: Text(vi: "không khớp", en: "does not match")
      case nil: Text(vi: "chưa xem", en: "not looked at")
      }
    let place = Text(
      vi: "tờ \(sheet.number) · \(first.file) dòng \(rows) · ",
      en: "sheet \(sheet.number) · \(first.file) rows \(rows) · ")
    return [place(language) + verdict(language)] + sheet.rows.map { $0.line(language) }
  }
}
