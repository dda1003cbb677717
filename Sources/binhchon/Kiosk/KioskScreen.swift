/// Draws the kiosk page: nothing but a function of what it shows.
enum KioskScreen {
  /// So many on their way are not worth a word.
  private static let usualBacklog = 16

  static func render(_ kiosk: KioskStateMachine, size: ScreenSize, style: Style) -> KioskFrame {
    var frame = KioskFrame(size, style)
    let bottom = drawFooter(kiosk, &frame)
    let top = drawHeader(kiosk, &frame)
    let body = Area(row: top, column: 0, rows: max(0, bottom - top), columns: size.columns)
    let language = kiosk.language
    switch kiosk.page {
    case .starting: message(Text(vi: "Đang kết nối…", en: "Connecting…"), nil, language, body, &frame)
    case .identifying(let typed, let isUnreadable):
      drawDossier(typed, isUnreadable: isUnreadable, isNeeded: kiosk.form?.needsDossier == true, language, body, &frame)
    case .asking:
      if let form = kiosk.form { drawChoices(form, language, body, &frame) }
    case .reasons(let reasons): drawReasons(reasons, language, body, &frame)
    case .thanking(let thanks): drawThanks(thanks, kiosk.manners.thanksText, language, body, &frame)
    case .apologising:
      message(
        Text(vi: "Xin lỗi, máy chưa ghi được đánh giá", en: "Sorry, your rating could not be kept"),
        Text(vi: "Xin Ông/Bà chọn lại sau giây lát", en: "Please choose again in a moment"), language, body, &frame)
    case .resting(let rest):
      let (first, second) = words(rest)
      message(first, second, language, body, &frame)
    }
    return frame
  }

  private static func words(_ rest: KioskStateMachine.Rest) -> (Text, Text) {
    let paused = Text(vi: "Tạm ngừng nhận đánh giá", en: "Ratings are paused")
    return switch rest {
    case .notOpen:
      (
        Text(vi: "Hiện chưa nhận đánh giá", en: "Ratings are not open now"),
        Text(vi: "Xin Ông/Bà quay lại sau", en: "Please come back later")
      )
    case .unfit:
      (
        paused,
        Text(
          vi: "Xin báo cho cán bộ: máy này không hiển thị được cuộc bình chọn hiện nay",
          en: "Please tell the staff: this kiosk cannot show the poll as it is now")
      )
    case .full: (paused, Text(vi: "Máy đang chờ gửi các đánh giá trước", en: "Earlier ratings are still being sent"))
    case .refused(let reason):
      (
        paused,
        Text(
          vi: "Xin báo cho cán bộ: máy chủ từ chối máy này [\(reason)]",
          en: "Please tell the staff: the server refuses this kiosk [\(reason)]")
      )
    }
  }

  static let unreadable = Text(vi: "Chưa đọc được mã, xin quét lại", en: "That could not be read, please scan again")

  // MARK: Above

  /// Returns the first row below it.
  private static func drawHeader(_ kiosk: KioskStateMachine, _ frame: inout KioskFrame) -> Int {
    guard let form = kiosk.form else { return 0 }
    let size = frame.canvas.size
    let language = kiosk.language
    // On a small page the question is more than the title.
    var row = size.rows >= 20 ? 1 : 0
    row = paragraph(form.title(language), .bold, row, maximum: size.rows >= 12 ? 2 : 1, &frame)
    guard case .asking(let dossier, let isUnreadable) = kiosk.page else { return row + (size.rows >= 20 ? 1 : 0) }
    if size.rows >= 30 { row += 1 }
    row = paragraph(form.wording(language), .normal, row, maximum: 2, &frame)
    if size.rows >= 20, let hint = form.keyHint { row = paragraph(hint(language), .dim, row, maximum: 1, &frame) }
    if kiosk.hasScanner, size.rows >= 8 {
      let text =
        dossier.map { Text(vi: "Hồ sơ: \($0)", en: "Dossier: \($0)") }
        ?? (isUnreadable
          ? unreadable
          : Text(
            vi: "Có mã hồ sơ? Xin quét trước khi chọn · gõ: phím d",
            en: "Have a dossier number? Scan it first · type it: key d"))
      let area = Area(row: row, column: 0, rows: 1, columns: size.columns)
      frame.canvas.center(text(language), row: row, in: area, dossier != nil ? .good : isUnreadable ? .warning : .dim)
      frame.add(.dossier, area)
      row += 1
    }
    return row + (size.rows >= 20 ? 1 : 0)
  }

  /// Returns the first row below it.
  static func paragraph(_ text: String, _ ink: Ink, _ row: Int, maximum: Int, _ frame: inout KioskFrame) -> Int {
    let columns = frame.canvas.size.columns
    let lines = TextWidth.balanced(text, max(10, columns - 4), maximum: maximum)
    for (index, line) in lines.enumerated() {
      let area = Area(row: row + index, column: 0, rows: 1, columns: columns)
      frame.canvas.center(line, row: row + index, in: area, ink)
    }
    return row + lines.count
  }

  // MARK: Below

  /// Returns its first row.
  private static func drawFooter(_ kiosk: KioskStateMachine, _ frame: inout KioskFrame) -> Int {
    let size = frame.canvas.size
    let rows = min(size.rows, size.rows >= 20 ? 3 : 1)
    let top = size.rows - rows
    let middle = top + rows / 2
    var left = 1
    if kiosk.manners.languages.count > 1 {
      let other = kiosk.manners.language(after: kiosk.language)
      // Letters are part of a number there.
      let key = if case .identifying = kiosk.page { "Tab" } else { "l" }
      let words = "\(other.name): \(key)"
      let area = Area(row: top, column: left, rows: rows, columns: min(size.columns, TextWidth.of(words) + 5))
      button(words, area, .normal, &frame)
      frame.add(.language, area)
      left = area.right
    }
    let status = status(kiosk)
    let room = size.columns - left - 3
    if room > 0, !status.isEmpty {
      let text = TextWidth.fit(status, room)
      frame.canvas.write(text, row: middle, column: size.columns - 2 - TextWidth.of(text), .warning)
    }
    return top
  }

  /// A label in a box, or in brackets where there is one row.
  static func button(_ label: String, _ area: Area, _ ink: Ink, _ frame: inout KioskFrame) {
    if area.rows >= 3 {
      frame.canvas.fill(area, ink)
      frame.canvas.box(area, ink)
      frame.canvas.center(
        label, row: area.row + area.rows / 2,
        in: Area(row: area.row, column: area.column + 1, rows: 1, columns: max(0, area.columns - 2)), ink)
    } else {
      frame.canvas.center("[ \(label) ]", row: area.row, in: area, ink)
    }
  }

  /// For whoever looks after the kiosk.
  private static func status(_ kiosk: KioskStateMachine) -> String {
    let language = kiosk.language.words
    var words: [Text] = []
    let delivery = kiosk.delivery
    if delivery.waiting > 0, delivery.isTrouble || delivery.waiting > Self.usualBacklog {
      let count = Figures(language: language).count(UInt64(delivery.waiting))
      words.append(Text(vi: "\(count) đang chờ gửi", en: "\(count) waiting to be sent"))
    }
    if !delivery.isReachable, delivery.barredBy == nil { words.append(Text(vi: "mất kết nối", en: "no connection")) }
    if delivery.isReachable, delivery.barredBy == nil, let reason = delivery.unreadyBy {
      words.append(Text(vi: "máy chủ chưa nhận [\(reason)]", en: "not taken yet [\(reason)]"))
    }
    if delivery.level != .fine { words.append(Text(vi: "bộ nhớ sắp đầy", en: "spool nearly full")) }
    return words.map { $0(language) }.joined(separator: " · ")
  }

  // MARK: A few words in the middle

  private static func drawThanks(
    _ thanks: KioskStateMachine.Thanks, _ text: Text, _ language: KioskLanguage, _ body: Area, _ frame: inout KioskFrame
  ) {
    if thanks.isAlreadyRated {
      return message(
        Text(vi: "Hồ sơ này đã được đánh giá trước đó", en: "This dossier was rated before"),
        text.led(by: Text(vi: "Đánh giá trước vẫn được giữ. ", en: "That rating stands. ")), language, body, &frame)
    }
    let art = body.rows >= 12 ? FaceArt.tick(rows: min(10, (body.rows - 4) / 2), style: frame.canvas.style) : []
    let label = thanks.label.led(by: Text(vi: "Đánh giá: ", en: "Your rating: "))
    message(text, label, language, body, art: art, &frame)
  }

  private static func message(
    _ first: Text, _ second: Text?, _ language: KioskLanguage, _ body: Area, art: [String] = [],
    _ frame: inout KioskFrame
  ) {
    let width = max(10, body.columns - 4)
    let heads = TextWidth.balanced(first(language), width, maximum: 2)
    let tails = second.map { TextWidth.balanced($0(language), width, maximum: 3) } ?? []
    let picture = art.isEmpty ? [] : art + [""]
    let rows: [(String, Ink)] =
      picture.map { ($0, .good) } + heads.map { ($0, .bold) } + (tails.isEmpty ? [] : [("", .normal)])
      + tails.map { ($0, .normal) }
    let top = body.row + max(0, (body.rows - rows.count) / 2)
    for (index, (text, ink)) in rows.enumerated() where top + index < body.bottom {
      frame.canvas.center(text, row: top + index, in: body, ink)
    }
  }
}
