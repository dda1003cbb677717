extension KioskScreen {
  /// What was chosen, what is asked, boxes to tick, and two buttons: that is enough, and not now.
  static func drawReasons(
    _ reasons: KioskStateMachine.Reasons, _ language: KioskLanguage, _ body: Area, _ frame: inout KioskFrame
  ) {
    let chosen = reasons.label.led(by: Text(vi: "Đã ghi: ", en: "Noted: "))
    var row = paragraph(chosen(language), .good, body.row, maximum: 1, &frame)
    row = paragraph(reasons.followUp.wording(language), .bold, row, maximum: 2, &frame)
    if body.rows >= 15 {
      let many = Text(
        vi: "Chọn một hoặc nhiều, hoặc bỏ qua", en: "Choose one or more, or skip")
      let one = Text(vi: "Chọn một, hoặc bỏ qua", en: "Choose one, or skip")
      let more = reasons.queue.count - 1
      let left = more > 0 ? Text(vi: " · còn tối đa \(more) câu", en: " · up to \(more) more")(language) : ""
      row = paragraph((reasons.followUp.votesAllowed > 1 ? many : one)(language) + left, .dim, row, maximum: 1, &frame)
    }
    let buttonRows = body.bottom - row >= 9 ? 3 : 1
    drawBoxes(
      reasons, language, Area(row: row, column: 0, rows: max(0, body.bottom - row - buttonRows), columns: body.columns),
      &frame)
    let key = reasons.followUp.skipKey
    let skip = Text(vi: "Bỏ qua: \(key)", en: "Skip: \(key)")(language)
    let done = Text(vi: "Xong: Enter", en: "Done: Enter")(language)
    let stop = Text(vi: "Kết thúc: *", en: "Finish: *")(language)
    let isOne = reasons.followUp.votesAllowed <= 1
    drawButtons(
      (isOne ? [] : [(done, .confirm, reasons.picked.isEmpty ? .normal : .selected)]) + [(skip, .skip, .normal)]
        + (reasons.queue.count > 1 ? [(stop, .stop, .normal)] : []),
      Area(row: body.bottom - buttonRows, column: 0, rows: buttonRows, columns: body.columns), &frame)
  }

  private static func drawBoxes(
    _ reasons: KioskStateMachine.Reasons, _ language: KioskLanguage, _ body: Area, _ frame: inout KioskFrame
  ) {
    let choices = reasons.followUp.choices
    // Two columns where both are wide enough for words.
    let columns = body.columns >= 76 && choices.count > 3 ? 2 : 1
    let rows = (choices.count + columns - 1) / columns
    guard rows > 0, body.rows > 0 else { return }
    let height = max(1, min(5, body.rows / rows))
    let width = min(60, (body.columns - 2 - 2 * (columns - 1)) / columns)
    let left = (body.columns - width * columns - 2 * (columns - 1)) / 2
    let top = body.row + max(0, (body.rows - height * rows) / 2)
    for (index, choice) in choices.enumerated() {
      // Down the first column, then down the second: 1 2 3 stand below each other.
      let area = Area(
        row: top + index % rows * height, column: left + index / rows * (width + 2), rows: height, columns: width)
      guard area.bottom <= body.bottom else { continue }
      let isPicked = reasons.picked.contains(index)
      let ink: Ink = isPicked ? .selected : .normal
      frame.add(.reason(index), area)
      frame.canvas.fill(area, ink)
      if height >= 3 { frame.canvas.box(area, ink, isDouble: isPicked) }
      let mark = isPicked ? "[x]" : "[ ]"
      let label = " \(choice.key) \(mark) \(choice.label(language))"
      frame.canvas.write(
        TextWidth.fit(label, max(0, width - 2), ellipsis: frame.canvas.style.unicode ? "…" : "~"),
        row: area.row + height / 2, column: area.column + 1, ink)
    }
  }

  /// Side by side, in the middle.
  static func drawButtons(
    _ buttons: [(label: String, target: KioskTarget, ink: Ink)], _ area: Area, _ frame: inout KioskFrame
  ) {
    let gap = area.columns >= 60 ? 4 : 1
    let labels = buttons.map { TextWidth.of($0.label) }
    // Three of them have little room on a small page.
    let isWide = labels.reduce(0) { $0 + $1 + 6 + gap } <= area.columns + gap
    let widths = labels.map { isWide ? max($0 + 6, min(24, area.columns / 4)) : $0 + 2 }
    let total = widths.reduce(0, +) + gap * max(0, buttons.count - 1)
    var column = area.column + max(0, (area.columns - total) / 2)
    for (button, width) in zip(buttons, widths) {
      let place = Area(row: area.row, column: column, rows: area.rows, columns: width)
      self.button(button.label, place, button.ink, &frame)
      frame.add(button.target, place)
      column += width + gap
    }
  }

  /// Where a dossier's number is scanned or typed.
  static func drawDossier(
    _ typed: String, isUnreadable: Bool, isNeeded: Bool, _ language: KioskLanguage, _ body: Area,
    _ frame: inout KioskFrame
  ) {
    let buttonRows = body.rows >= 11 ? 3 : 1
    let field = body.rows >= 8 ? 3 : 1
    let height = min(body.rows, 4 + field + buttonRows + (body.rows >= 12 ? 2 : 0))
    var row = body.row + (body.rows - height) / 2
    row = paragraph(
      Text(
        vi: "Xin quét mã vạch hoặc mã QR trên giấy hẹn", en: "Please scan the code on your appointment slip")(language),
      .bold, row, maximum: 2, &frame)
    let hint =
      isUnreadable
      ? unreadable
      : Text(vi: "hoặc gõ mã hồ sơ rồi nhấn Enter", en: "or type the dossier's number, then Enter")
    row = paragraph(hint(language), isUnreadable ? .warning : .normal, row, maximum: 1, &frame)
    if body.rows >= 12 { row += 1 }
    let width = min(max(20, body.columns - 4), 48)
    let box = Area(row: row, column: (body.columns - width) / 2, rows: field, columns: width)
    if field == 3 { frame.canvas.box(box, .bold) }
    // The end of a long number is what is being typed.
    let shown = String((typed + "_").suffix(max(1, width - 4)))
    frame.canvas.write(shown, row: box.row + field / 2, column: box.column + 2, .bold)
    row = box.bottom + (body.rows >= 12 ? 1 : 0)
    let go = Text(vi: "Tiếp tục: Enter", en: "Continue: Enter")(language)
    let back = Text(vi: "Bỏ qua", en: "Skip")(language)
    let clear = Text(vi: "Xóa", en: "Clear")(language)
    var buttons: [(label: String, target: KioskTarget, ink: Ink)] = []
    if !typed.isEmpty { buttons.append((go, .confirm, .selected)) }
    if !isNeeded || !typed.isEmpty { buttons.append((isNeeded ? clear : back, .skip, .normal)) }
    guard row + buttonRows <= body.bottom else { return }
    drawButtons(buttons, Area(row: row, column: 0, rows: buttonRows, columns: body.columns), &frame)
  }
}
