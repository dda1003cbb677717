import Foundation

/// What a refusal by the server means to a person, and to the exit code.
extension ClientError {
  init(_ refusal: Refusal, server: String?) {
    let code = StatusCode(rawValue: refusal.code) ?? .unknown
    let (status, what, next) = Self.meaning(of: code, reason: refusal.reason, server: server)
    let why = refusal.why.flatMap { $0.addsNothing(to: what) ? nil : $0 }
    self.init(status, what, why: why, next: next, reason: refusal.reason ?? code.name)
  }

  private static func meaning(of code: StatusCode, reason: String?, server: String?) -> (SysExit, Text, Text?) {
    if let known = reason.flatMap(Self.meaning(ofReason:)) { return known }
    let place = server ?? ""
    switch code {
    case .invalidArgument, .outOfRange:
      return (.badData, Text(vi: "máy chủ không nhận dữ liệu này", en: "the server does not take this input"), nil)
    case .notFound:
      return (.badData, Text(vi: "không có trên máy chủ", en: "the server does not have it"), nil)
    case .alreadyExists:
      return (.badData, Text(vi: "đã có trên máy chủ, với nội dung khác", en: "it exists already, and differs"), nil)
    case .failedPrecondition:
      return (.badData, Text(vi: "hiện không thực hiện được", en: "that cannot be done as things stand"), nil)
    case .permissionDenied, .unauthenticated:
      return (
        .notPermitted, Text(vi: "không được phép", en: "not permitted"),
        Text(
          vi: "xem vai trò và đơn vị của chứng thư bằng lệnh `binhchon whoami`",
          en: "see the role and unit of your certificate with `binhchon whoami`")
      )
    case .resourceExhausted, .aborted:
      return (.tryAgain, Text(vi: "máy chủ đang quá tải", en: "the server has too much to do"), .tryAgainLater)
    case .deadlineExceeded, .cancelled:
      return (
        .tryAgain, Text(vi: "máy chủ \(place) không trả lời kịp", en: "the server \(place) did not answer in time"),
        .tryAgainLater
      )
    case .unavailable:
      return (
        .unreachable, Text(vi: "không liên lạc được với máy chủ \(place)", en: "cannot reach the server \(place)"),
        Text(
          vi: "kiểm tra địa chỉ (--server), mạng và máy chủ; rồi thử `binhchon ping`",
          en: "check the address (--server), the network and the server; then try `binhchon ping`")
      )
    case .unimplemented, .dataLoss:
      return (
        .protocol, Text(vi: "máy chủ không hiểu yêu cầu này", en: "the server does not know this call"),
        Text(
          vi: "so sánh phiên bản hai bên bằng --version", en: "compare the versions of both sides with --version")
      )
    case .ok, .unknown, .internal:
      return (
        .internalError, Text(vi: "máy chủ gặp lỗi bên trong", en: "the server failed inside"),
        Text(vi: "báo cho người quản trị máy chủ", en: "tell the server's administrator")
      )
    }
  }

  /// The reasons of `binhchon.v1.Reason` that deserve words of their own.
  private static func meaning(ofReason reason: String) -> (SysExit, Text, Text?)? {
    switch reason {
    case "BALLOT_CONFLICT":
      (
        .badData,
        Text(vi: "mã phiếu này đã dùng cho một phiếu khác", en: "this ballot id was used for another ballot"),
        Text(vi: "không gửi lại: phiếu đầu đã được ghi", en: "do not send again: the first ballot is kept")
      )
    case "BALLOT_VOIDED":
      (.badData, Text(vi: "phiếu này đã bị hủy", en: "this ballot was voided"), nil)
    case "ALREADY_RATED":
      (.badData, Text(vi: "hồ sơ này đã được đánh giá", en: "this dossier has already been rated"), nil)
    case "UNKNOWN_VOTE":
      (
        .badData, Text(vi: "không có cuộc bỏ phiếu này", en: "there is no such vote"),
        Text(vi: "kiểm tra --campaign và --vote", en: "check --campaign and --vote")
      )
    case "VOTE_STAGE":
      (
        .badData,
        Text(
          vi: "cuộc bỏ phiếu không ở bước này, hoặc không theo cách này",
          en: "the vote is not at this stage, or not of this kind"),
        Text(vi: "xem bằng `binhchon campaign result`", en: "see it with `binhchon campaign result`")
      )
    case "ALREADY_VOTED":
      (
        .badData,
        Text(vi: "đã bỏ phiếu rồi; phiếu đầu được giữ nguyên", en: "a ballot was cast before; it stays as it is"),
        nil
      )
    case "NOT_ENTITLED":
      (
        .notPermitted,
        Text(
          vi: "mã không đúng, hoặc không có tên trong danh sách", en: "the code is wrong, or you are not on the list"),
        Text(vi: "xem lại từng chữ trên phiếu", en: "compare the code with the sheet, letter by letter")
      )
    case "WRONG_VOTE_KEY":
      (
        .badData, Text(vi: "đây không phải chìa khóa của hòm phiếu này", en: "this is not the key of this vote"),
        Text(vi: "tìm tệp được tạo khi mở cuộc bỏ phiếu", en: "find the file that was made when the vote was opened")
      )
    case "UNKNOWN_POLL":
      (
        .badData, Text(vi: "không có cuộc bình chọn này", en: "there is no such poll"),
        Text(vi: "xem danh sách bằng `binhchon polls`", en: "see the list with `binhchon polls`")
      )
    case "POLL_NOT_OPEN":
      (.badData, Text(vi: "cuộc bình chọn chưa mở hoặc đã đóng", en: "the poll is not open"), nil)
    case "POLL_SEALED":
      (
        .badData,
        Text(
          vi: "phiếu đến sau khi niêm phong: được giữ trong danh sách đính chính",
          en: "the ballot came after the seal: it is kept on the correction list"),
        Text(
          vi: "xem danh sách bằng `binhchon kiosks corrections`", en: "see the list with `binhchon kiosks corrections`")
      )
    case "ANONYMITY_FIXED":
      (
        .badData,
        Text(
          vi: "mức ẩn danh đã ấn định khi công bố lần đầu, không thay đổi được",
          en: "the anonymity was fixed when the poll was published first and cannot be changed"),
        Text(vi: "công bố với một mã (id) khác", en: "publish it under another id")
      )
    case "TWO_ENTRIES_NEEDED":
      (
        .badData,
        Text(
          vi: "bảng kê muốn nhập một lần, mà cuộc bình chọn này cần hai người nhập phiếu giấy",
          en: "the manifest asks for a single entry, and this poll has paper entered by two persons"),
        Text(
          vi: "bỏ single-entry trong bảng kê; hoặc quản trị công bố một phiên bản có `paper-entries: 1`",
          en: "leave out single-entry; or an administrator publishes a version with `paper-entries: 1`")
      )
    case "UNKNOWN_UNIT":
      (
        .badData, Text(vi: "cuộc bình chọn không có đơn vị này", en: "the poll has no such unit"),
        Text(vi: "xem các đơn vị bằng `binhchon polls show`", en: "see its units with `binhchon polls show`")
      )
    case "NO_OPTIONS":
      (
        .badData, Text(vi: "cuộc bình chọn không có gì để chọn", en: "the poll offers nothing to choose"),
        Text(vi: "mỗi câu hỏi cần ít nhất hai lựa chọn", en: "each question needs at least two choices")
      )
    case "UNKNOWN_BALLOT":
      (.badData, Text(vi: "không có phiếu nào mang mã này", en: "there is no ballot with this id"), nil)
    case "NOT_PUBLISHED":
      (
        .notPermitted,
        Text(
          vi: "số liệu chi tiết này không được công bố, để không lộ ý kiến của vài người",
          en: "these figures are not published: they could tell how a few people rated"),
        Text(
          vi: "xem theo đơn vị và theo kỳ (--period today, yesterday, this-week, this-month, total), không lọc",
          en: "ask by unit and window (--period today, yesterday, this-week, this-month, total), without filters")
      )
    case "CODE_REFUSED":
      (
        .notPermitted,
        Text(
          vi: "mã đăng ký sai, đã hết hạn, đã bị thay hoặc đã dùng",
          en: "the code is wrong, has expired, was replaced or was used"),
        Text(
          vi: "xin người quản trị một mã mới: `binhchon units kiosk-code`",
          en: "ask the administrator for a new one: `binhchon units kiosk-code`")
      )
    case "KEY_TAKEN":
      (
        .badData, Text(vi: "khóa này đã có chứng thư khác", en: "this key has another certificate already"),
        Text(vi: "đăng ký vào một --directory mới", en: "enrol into a new --directory")
      )
    case "TOO_SOON":
      (
        .tryAgain,
        Text(vi: "máy này đã đổi chứng thư trong vòng một giờ qua", en: "this kiosk renewed less than an hour ago"),
        .tryAgainLater
      )
    case "DISK_FULL":
      (
        .tryAgain, Text(vi: "máy chủ hết chỗ trên đĩa, không nhận phiếu", en: "the server's disk is full"),
        Text(vi: "báo cho người quản trị máy chủ", en: "tell the server's administrator")
      )
    case "OUTCOME_UNKNOWN":
      (
        .tryAgain,
        Text(
          vi: "đĩa của máy chủ có lỗi; chưa biết phiếu đã được ghi hay chưa",
          en: "the server's disk failed; what was sent may or may not be kept"),
        Text(
          vi: "gửi lại với đúng mã phiếu cũ: không bị tính hai lần",
          en: "send again with the same ballot ids: nothing counts twice")
      )
    case "TOO_MUCH":
      (.badData, Text(vi: "phong trào đã đầy, không nhận thêm", en: "the campaign is full and takes nothing more"), nil)
    case "DRAINING":
      (.tryAgain, Text(vi: "máy chủ đang dừng", en: "the server is shutting down"), .tryAgainLater)
    default: nil
    }
  }
}

extension Text {
  /// Whether it adds nothing to `other`.
  fileprivate func addsNothing(to other: Text) -> Bool {
    func bare(_ text: String) -> String { text.lowercased().trimmingCharacters(in: .punctuationCharacters) }
    return bare(vi) == bare(other.vi) || bare(en) == bare(other.en)
  }

  static let tryAgainLater = Text(vi: "thử lại sau giây lát", en: "try again in a moment")
}

extension Refusal {
  /// The server's own words: in the reader's language where it sent them, and the fields it found wrong.
  var why: Text? {
    var english = localized[.en] ?? message
    var vietnamese = localized[.vi] ?? message
    let fields = violations.map { "\($0.field) \($0.problem)" }.joined(separator: "; ")
    if !fields.isEmpty {
      if !english.hasSuffix(fields) { english += english.isEmpty ? fields : " (\(fields))" }
      vietnamese += vietnamese.isEmpty ? fields : " (\(fields))"
    }
    // Of counts and records the message in English says it already.
    let counts = ["expected", "actual", "subject"].compactMap { key in metadata[key].map { "\(key)=\($0)" } }
    if !counts.isEmpty { vietnamese += " (\(counts.joined(separator: " ")))" }
    return english.isEmpty && vietnamese.isEmpty ? nil : Text(vi: vietnamese, en: english)
  }
}
