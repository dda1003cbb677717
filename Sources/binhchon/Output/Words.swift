internal import Schema

extension Binhchon_V1_Channel {
  /// The channels a ballot can name.
  static let named: [Binhchon_V1_Channel] = [.kiosk, .counter, .qr, .web, .paper, .phone]

  /// For programs and options.
  var word: String {
    switch self {
    case .unspecified: "all"
    case .kiosk: "kiosk"
    case .counter: "counter"
    case .qr: "qr"
    case .web: "web"
    case .paper: "paper"
    case .phone: "phone"
    case .UNRECOGNIZED(let number): "channel-\(number)"
    }
  }

  init?(word: String) {
    guard let channel = Self.named.first(where: { $0.word == word }) else { return nil }
    self = channel
  }

  var label: Text {
    switch self {
    case .unspecified: Text(vi: "mọi kênh", en: "all channels")
    case .kiosk: Text(vi: "máy đánh giá", en: "kiosk")
    case .counter: Text(vi: "quầy", en: "counter")
    case .qr: Text(vi: "mã QR", en: "QR code")
    case .web: Text(vi: "trang web", en: "web")
    case .paper: Text(vi: "phiếu giấy", en: "paper")
    case .phone: Text(vi: "điện thoại", en: "phone")
    case .UNRECOGNIZED: Text(verbatim: word)
    }
  }
}

extension Binhchon_V1_Window {
  static let named: [Binhchon_V1_Window] = [.today, .yesterday, .thisWeek, .thisMonth, .total]

  var word: String {
    switch self {
    case .unspecified: "unspecified"
    case .today: "today"
    case .yesterday: "yesterday"
    case .thisWeek: "this-week"
    case .thisMonth: "this-month"
    case .total: "total"
    case .UNRECOGNIZED(let number): "window-\(number)"
    }
  }

  var label: Text {
    switch self {
    case .today: Text(vi: "Hôm nay", en: "Today")
    case .yesterday: Text(vi: "Hôm qua", en: "Yesterday")
    case .thisWeek: Text(vi: "Tuần này", en: "This week")
    case .thisMonth: Text(vi: "Tháng này", en: "This month")
    case .total: Text(vi: "Tổng", en: "Total")
    case .unspecified, .UNRECOGNIZED: Text(verbatim: word)
    }
  }
}

extension Binhchon_V1_Window {
  /// Where there is little room, within a line.
  var shortLabel: Text {
    switch self {
    case .today: Text(vi: "hôm nay", en: "today")
    case .yesterday: Text(vi: "hôm qua", en: "yesterday")
    case .thisWeek: Text(vi: "tuần", en: "week")
    case .thisMonth: Text(vi: "tháng", en: "month")
    case .total: Text(vi: "tổng", en: "total")
    case .unspecified, .UNRECOGNIZED: Text(verbatim: word)
    }
  }
}

extension Binhchon_V1_PollStatus {
  var word: String {
    switch self {
    case .unspecified: "unknown"
    case .open: "open"
    case .closed: "closed"
    case .UNRECOGNIZED(let number): "status-\(number)"
    }
  }

  var label: Text {
    switch self {
    case .open: Text(vi: "đang mở", en: "open")
    case .closed: Text(vi: "đã đóng", en: "closed")
    case .unspecified, .UNRECOGNIZED: Text(verbatim: word)
    }
  }
}

extension Binhchon_V1_LocalizedText {
  /// Vietnamese where the other language is missing.
  var text: Text {
    Text(
      vi: vi.isEmpty ? en : vi, en: en.isEmpty ? vi : en,
      others: others.isEmpty
        ? [:] : Dictionary(others.map { ($0.language, $0.text) }, uniquingKeysWith: { first, _ in first }))
  }
}
