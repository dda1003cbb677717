internal import Polling
internal import Schema

/// How kiosks stand, for people.
enum KioskTable {
  /// - Parameter columns: how many there are; where the table does not fit, each kiosk has lines of its own. Nil: as many
  ///   as it takes.
  static func lines(
    _ response: Binhchon_V1_ListKiosksResponse, _ figures: Figures, columns: Int? = nil
  ) -> [Line] {
    let language = figures.language
    var lines = table(response, figures)
    if let columns, lines.contains(where: { $0.width > columns }) { lines = blocks(response, figures) }
    for kiosk in response.kiosks where !kiosk.days.isEmpty { lines += days(of: kiosk, figures) }
    if response.kiosks.contains(where: \.countsHidden) { lines += [Line(), Line(hidden(language), .dim)] }
    let alarms = response.kiosks.flatMap { kiosk in
      kiosk.alarms.map { "\(kiosk.shownName): \($0.text(kiosk, asOfMs: response.asOfMs)(language))" }
    }
    guard !alarms.isEmpty else { return lines }
    let count = figures.count(UInt64(alarms.count))
    return lines + [Line(), Line(Text(vi: "Cảnh báo: \(count)", en: "Alarms: \(count)")(language), .bold)]
      + alarms.map { Line("  " + $0, .bad) }
  }

  private static let hidden = Text(
    vi: "“–”: không nêu, là số liệu của cuộc bình chọn có k trên 1 (vai trò auditor, admin xem được)",
    en: "“–”: left out, they are figures of a poll with k over 1 (for roles auditor and admin)")

  private static func table(_ response: Binhchon_V1_ListKiosksResponse, _ figures: Figures) -> [Line] {
    let language = figures.language
    var table = Table(
      headings: [
        Text(vi: "MÁY", en: "KIOSK"), Text(vi: "LẦN CUỐI", en: "LAST SEEN"), Text(vi: "BẢN", en: "VERSION"),
        Text(vi: "TRONG MÁY", en: "SPOOL"), Text(vi: "ĐỒNG HỒ", en: "CLOCK"), Text(vi: "HÔM NAY", en: "TODAY"),
      ].map { $0(language) } + columns.map { $0.heading(language) }
        + [Text(vi: "THIẾU SỐ", en: "GAPS")(language), Text(vi: "ĐỦ", en: "LAW")(language)],
      sides: [.left, .left, .left, .right, .right, .right] + columns.map { _ in .right } + [.right, .left])
    for kiosk in response.kiosks {
      table.rows.append(
        [
          kiosk.shownName, kiosk.lastSeen(response.asOfMs)(language), kiosk.version, kiosk.spoolDepth(figures),
          kiosk.clock(language), kiosk.countsHidden ? "–" : figures.count(kiosk.today.presses),
        ] + columns.map { $0.total(of: kiosk, figures) }
          + [kiosk.countsHidden ? "–" : figures.count(kiosk.missing), kiosk.law(language)])
    }
    return table.lines().enumerated().map { number, text in
      Line(text, number == 0 ? .bold : response.kiosks[number - 1].isLawKept ? .normal : .bad)
    }
  }

  /// A kiosk in three lines, where there is little room.
  private static func blocks(_ response: Binhchon_V1_ListKiosksResponse, _ figures: Figures) -> [Line] {
    let language = figures.language
    return response.kiosks.flatMap { kiosk in
      let counts = columns.map { "\($0.heading(language).lowercased()) \($0.total(of: kiosk, figures))" }
      let state = [
        kiosk.lastSeen(response.asOfMs)(language), kiosk.version, kiosk.spoolDepth(figures), kiosk.clock(language),
      ].filter { !$0.isEmpty }
      return [
        Line(kiosk.shownName, .bold) + Line(" " + kiosk.law(language), kiosk.isLawKept ? .good : .bad),
        Line("  " + state.joined(separator: " · "), .dim),
        Line("  " + counts.prefix(4).joined(separator: " · ")),
        Line("  " + counts.dropFirst(4).joined(separator: " · ")),
      ]
    }
  }

  private static func days(of kiosk: Binhchon_V1_Kiosk, _ figures: Figures) -> [Line] {
    let language = figures.language
    var table = Table(
      headings: [kiosk.shownName] + columns.map { $0.heading(language) } + [Text(vi: "ĐỦ", en: "LAW")(language)],
      sides: [.left] + columns.map { _ in .right } + [.left])
    for day in kiosk.days {
      table.rows.append(
        [day.shownDay(language)] + columns.map { $0.text(day.counts, figures) }
          + [Binhchon_V1_Kiosk.law(day.isLawKept, language)])
    }
    return [Line()]
      + table.lines().enumerated().map { number, text in
        Line(text, number == 0 ? .bold : kiosk.days[number - 1].isLawKept ? .normal : .bad)
      }
  }

  private struct Column {
    var heading: Text
    var text: @Sendable (Binhchon_V1_PressCounts, Figures) -> String

    init(_ heading: Text, _ count: @escaping @Sendable (Binhchon_V1_PressCounts) -> UInt64) {
      self.heading = heading
      text = { counts, figures in figures.count(count(counts)) }
    }

    func total(of kiosk: Binhchon_V1_Kiosk, _ figures: Figures) -> String {
      kiosk.countsHidden ? "–" : text(kiosk.total, figures)
    }

    init(_ heading: Text, signed count: @escaping @Sendable (Binhchon_V1_PressCounts) -> Int64) {
      self.heading = heading
      text = { counts, figures in
        let value = count(counts)
        return (value < 0 ? "-" : "") + figures.count(value.magnitude)
      }
    }
  }

  private static let columns: [Column] = [
    Column(Text(vi: "BẤM", en: "PRESSES")) { $0.presses }, Column(Text(vi: "TÍNH", en: "COUNTED")) { $0.counted },
    Column(Text(vi: "GẮN CỜ", en: "FLAGGED")) { $0.flagged },
    Column(Text(vi: "TRÙNG", en: "DUPLICATE")) { $0.duplicate },
    Column(Text(vi: "TỪ CHỐI", en: "REJECTED")) { $0.rejected }, Column(Text(vi: "MUỘN", en: "LATE")) { $0.late },
    Column(Text(vi: "CHỜ", en: "PENDING"), signed: { $0.pending }),
  ]
}

extension Binhchon_V1_Kiosk {
  var shownName: String { "\(unit)/\(name)" }

  fileprivate func lastSeen(_ asOfMs: Int64) -> Text {
    guard lastSeenMs != 0 else { return Text(vi: "chưa bao giờ", en: "never") }
    let (age, overflow) = asOfMs.subtractingReportingOverflow(lastSeenMs)
    let span = SpokenSpan.text(overflow ? 0 : max(0, age))
    return Text(vi: "\(span.vi) trước", en: "\(span.en) ago")
  }

  fileprivate func spoolDepth(_ figures: Figures) -> String {
    capacity == 0 ? "" : "\(countsHidden ? "–" : figures.count(pending))/\(figures.count(capacity))"
  }

  fileprivate func clock(_ language: Language) -> String {
    guard skew != nil else { return "" }
    return (skewMs > 0 ? "+" : "") + SpokenSpan.text(skewMs)(language)
  }

  fileprivate func law(_ language: Language) -> String {
    lastSeenMs == 0 ? "" : Self.law(isLawKept, language)
  }

  fileprivate static func law(_ isKept: Bool, _ language: Language) -> String {
    (isKept ? Text(verbatim: "ok") : Text(vi: "LỆCH", en: "BROKEN"))(language)
  }
}

extension Binhchon_V1_KioskDay {
  /// 1970-01-01 stands for a clock that was never set.
  fileprivate func shownDay(_ language: Language) -> String {
    day == PressDay.unset.description
      ? Text(vi: "đồng hồ chưa đặt", en: "clock not set")(language) : LocalTime.spoken(day: day)
  }
}

/// The correction list, for people.
enum CorrectionTable {
  static func lines(_ corrections: [Binhchon_V1_Correction], _ language: Language) -> [Line] {
    var table = Table(
      headings: [
        Text(vi: "ĐẾN LÚC", en: "ARRIVED")(language), Text(vi: "BẤM LÚC (MÁY)", en: "PRESSED (DEVICE)")(language),
        Text(vi: "ĐƠN VỊ", en: "UNIT")(language), Text(vi: "CHỌN", en: "CHOICES")(language),
        Text(vi: "MÁY", en: "KIOSK")(language),
      ], sides: [.left, .left, .left, .left, .left])
    for correction in corrections {
      let ballot = correction.ballot
      table.rows.append([
        LocalTime.spoken(milliseconds: correction.receivedTimeMs),
        ballot.deviceTimeMs == 0 ? "–" : LocalTime.spoken(milliseconds: ballot.deviceTimeMs), ballot.unit,
        ballot.answers.map { "\($0.question)=\($0.choices.joined(separator: ","))" }.joined(separator: " "),
        correction.kiosk,
      ])
    }
    return table.lines().enumerated().map { Line($1, $0 == 0 ? .bold : .normal) }
  }
}
