/// Draws the kiosk page: nothing but a function of what it shows.
enum KioskScreen {
  /// So many on their way are not worth a word.
  private static let usualBacklog = 16

  static func render(_ kiosk: KioskStateMachine, size: ScreenSize, style: Style) -> [Line] {
    let header = header(kiosk, size)
    let footer = footer(kiosk, size)
    let room = max(0, size.rows - header.count - footer.count)
    let body =
      switch kiosk.page {
      case .starting:
        message(Text(vi: "Đang kết nối…", en: "Connecting…"), nil, kiosk.language, room, size)
      case .asking: choices(kiosk, room, size, style)
      case .thanking: thanks(kiosk, room, size)
      case .apologising:
        message(
          Text(vi: "Xin lỗi, máy chưa ghi được đánh giá", en: "Sorry, your rating could not be kept"),
          Text(vi: "Xin Ông/Bà chọn lại sau giây lát", en: "Please choose again in a moment"), kiosk.language, room,
          size)
      case .resting(.notOpen):
        message(
          Text(vi: "Hiện chưa nhận đánh giá", en: "Ratings are not open now"),
          Text(vi: "Xin Ông/Bà quay lại sau", en: "Please come back later"), kiosk.language, room, size)
      case .resting(.unfit):
        message(
          Text(vi: "Tạm ngừng nhận đánh giá", en: "Ratings are paused"),
          Text(
            vi: "Xin báo cho cán bộ: máy này không hiển thị được cuộc bình chọn hiện nay",
            en: "Please tell the staff: this kiosk cannot show the poll as it is now"), kiosk.language, room, size)
      case .resting(.full):
        message(
          Text(vi: "Tạm ngừng nhận đánh giá", en: "Ratings are paused"),
          Text(vi: "Máy đang chờ gửi các đánh giá trước", en: "Earlier ratings are still being sent"),
          kiosk.language, room, size)
      case .resting(.refused(let reason)):
        message(
          Text(vi: "Tạm ngừng nhận đánh giá", en: "Ratings are paused"),
          Text(
            vi: "Xin báo cho cán bộ: máy chủ từ chối máy này [\(reason)]",
            en: "Please tell the staff: the server refuses this kiosk [\(reason)]"), kiosk.language, room, size)
      }
    return header + body + Array(repeating: Line(), count: max(0, room - body.count)) + footer
  }

  private static func header(_ kiosk: KioskStateMachine, _ size: ScreenSize) -> [Line] {
    guard let form = kiosk.form else { return [] }
    let width = max(10, size.columns - 4)
    var lines = TextWidth.wrapped(form.title(kiosk.language), width, maximum: 2).map {
      Line(TextWidth.centered($0, size.columns), .bold)
    }
    if case .asking = kiosk.page {
      lines += TextWidth.wrapped(form.wording(kiosk.language), width, maximum: 2).map {
        Line(TextWidth.centered($0, size.columns))
      }
    }
    return lines + (size.rows >= lines.count + form.choices.count * 3 + 2 ? [Line()] : [])
  }

  private static func footer(_ kiosk: KioskStateMachine, _ size: ScreenSize) -> [Line] {
    let other = Text(vi: "English: l", en: "Tiếng Việt: l")(kiosk.language)
    var right: [String] = []
    if kiosk.delivery.waiting > 0, kiosk.delivery.isTrouble || kiosk.delivery.waiting > Self.usualBacklog {
      let count = Figures(language: kiosk.language).count(UInt64(kiosk.delivery.waiting))
      right.append(Text(vi: "\(count) đang chờ gửi", en: "\(count) waiting to be sent")(kiosk.language))
    }
    if !kiosk.delivery.isReachable, kiosk.delivery.barredBy == nil {
      right.append(Text(vi: "mất kết nối", en: "no connection")(kiosk.language))
    }
    if kiosk.delivery.isReachable, kiosk.delivery.barredBy == nil, let reason = kiosk.delivery.unreadyBy {
      right.append(Text(vi: "máy chủ chưa nhận [\(reason)]", en: "not taken yet [\(reason)]")(kiosk.language))
    }
    if kiosk.delivery.level != .fine {
      right.append(Text(vi: "bộ nhớ sắp đầy", en: "spool nearly full")(kiosk.language))
    }
    let status = right.joined(separator: " · ")
    let left = "  " + other
    let gap = max(2, size.columns - TextWidth.of(left) - TextWidth.of(status) - 2)
    return [Line(left, .dim) + Line(String(repeating: " ", count: gap)) + Line(status, .warning)]
  }

  /// A band per choice, as high as there is room for, with its key and its word: never colour alone.
  private static func choices(
    _ kiosk: KioskStateMachine, _ room: Int, _ size: ScreenSize, _ style: Style
  ) -> [Line] {
    guard let form = kiosk.form else { return [] }
    let count = form.choices.count
    let withGaps = room >= count * 4 - 1
    let height = withGaps ? min(5, (room - count + 1) / count) : max(1, min(3, room / count))
    let margin = max(0, (size.columns - 60) / 2)
    let inner = max(10, size.columns - margin * 2)
    var lines: [Line] = []
    for (index, choice) in form.choices.enumerated() {
      let ink = form.isOrdered ? Ink.level(index: index, count: count, filled: true) : .selected
      let label = "   \(choice.key)   \(choice.label(kiosk.language))"
      if index > 0, withGaps { lines.append(Line()) }
      for row in 0..<height {
        let text = row == height / 2 ? label : ""
        let framed = frame(text, row, height, inner, style)
        lines.append(Line(String(repeating: " ", count: margin)) + Line(framed, ink))
      }
    }
    return lines
  }

  /// Where the terminal has no colours, a frame makes the band.
  private static func frame(_ text: String, _ row: Int, _ height: Int, _ width: Int, _ style: Style) -> String {
    guard style.colors == .none else { return TextWidth.padded(text, width) }
    guard height >= 3 else { return "[" + TextWidth.padded(text, width - 2) + "]" }
    let bar = String(repeating: "─", count: width - 2)
    if row == 0 { return "╭\(bar)╮" }
    if row == height - 1 { return "╰\(bar)╯" }
    return "│" + TextWidth.padded(text, width - 2) + "│"
  }

  private static func thanks(_ kiosk: KioskStateMachine, _ room: Int, _ size: ScreenSize) -> [Line] {
    let label = kiosk.thanked?(kiosk.language) ?? ""
    let thanks = Text(vi: "Xin cảm ơn Ông/Bà!", en: "Thank you!")(kiosk.language)
    let chosen = Text(vi: "Đánh giá: \(label)", en: "Your rating: \(label)")(kiosk.language)
    let top = max(0, (room - 3) / 2)
    return Array(repeating: Line(), count: top) + [
      Line(TextWidth.centered(thanks, size.columns), .bold), Line(),
      Line(TextWidth.centered(chosen, size.columns)),
    ]
  }

  private static func message(
    _ first: Text, _ second: Text?, _ language: Language, _ room: Int, _ size: ScreenSize
  ) -> [Line] {
    var lines = [Line(TextWidth.centered(first(language), size.columns), .bold)]
    if let second { lines += [Line(), Line(TextWidth.centered(second(language), size.columns))] }
    return Array(repeating: Line(), count: max(0, (room - lines.count) / 2)) + lines
  }
}
