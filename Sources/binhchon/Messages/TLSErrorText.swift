internal import TLS

/// What TLS found wrong, for people and for the exit code.
extension ClientError {
  init(_ error: TLSError, server: String) {
    let why = error.reason.isEmpty ? error.message : "\(error.message) (\(error.reason))"
    let (status, what, next) = Self.meaning(of: error, server: server)
    self.init(
      status, what, why: Text(verbatim: why),
      next: next ?? Text(vi: TLSError.vietnamese(error.code) ?? error.advice, en: error.advice),
      reason: error.code.reason)
  }

  private static func meaning(of error: TLSError, server: String) -> (SysExit, Text, Text?) {
    switch error.code {
    case .configurationInvalid, .certificateInvalid, .privateKeyInvalid, .keyMismatch, .trustRootsInvalid, .crlInvalid,
      .denyListInvalid:
      (.configuration, Text(vi: "tệp chứng thư hoặc khóa không dùng được", en: "the identity's files are no use"), nil)
    case .fileUnreadable:
      (.noInput, Text(vi: "không đọc được tệp chứng thư hoặc khóa", en: "cannot read the identity's files"), nil)
    case .peerRefusedCertificate:
      (
        .notPermitted,
        Text(vi: "máy chủ \(server) từ chối chứng thư của ta", en: "the server \(server) refused our certificate"),
        Text(
          vi: "xem hạn và vai trò bằng `binhchon whoami`; nếu bị thu hồi, xin người quản trị cấp mới",
          en: "see its expiry and role with `binhchon whoami`; if it was revoked, ask the administrator for a new one")
      )
    case .hostnameMismatch:
      (
        .notPermitted,
        Text(
          vi: "chứng thư của máy chủ không mang tên \(server)", en: "the server's certificate is not for \(server)"),
        Text(
          vi: "kiểm tra --server; nếu máy chủ có tên khác, thêm --server-name TÊN",
          en: "check --server; if the server goes by another name, add --server-name NAME")
      )
    case .certificateMissing, .certificateUntrusted, .certificateExpired, .certificateRevoked, .crlExpired,
      .crlMissing:
      (
        .notPermitted,
        Text(vi: "không tin được máy chủ \(server)", en: "the server \(server) cannot be trusted"), nil
      )
    case .protocolVersion, .noApplicationProtocol, .protocolViolation, .handshakeFailed:
      (
        .protocol,
        Text(
          vi: "máy chủ \(server) không nói cùng giao thức", en: "the server \(server) does not speak our protocol"), nil
      )
    default:
      (
        .unreachable,
        Text(vi: "không lập được kết nối an toàn với \(server)", en: "no secure connection to \(server)"), nil
      )
    }
  }
}

extension TLSError.Code {
  /// `certificateExpired` as `CERTIFICATE_EXPIRED`.
  fileprivate var reason: String {
    var result = ""
    for character in description {
      if character.isUppercase { result += "_" }
      result += character.uppercased()
    }
    return result
  }
}

extension TLSError {
  /// What an operator who reads Vietnamese should do, or know; nil: only the English advice is there.
  static func vietnamese(_ code: Code) -> String? {
    switch code {
    case .fileUnreadable: "kiểm tra đường dẫn và quyền của tệp"
    case .certificateInvalid, .trustRootsInvalid: "cần một tệp PEM có chứng thư"
    case .privateKeyInvalid: "cần một khóa riêng dạng PEM còn nguyên, không đặt mật khẩu"
    case .keyMismatch: "khóa không đi với chứng thư: đặt tệp .pem và .key của cùng một lần cấp"
    case .certificateUntrusted:
      "chứng thư của máy chủ không do cơ quan cấp trong ca.pem cấp: kiểm tra --server và ca.pem"
    case .certificateExpired:
      "chứng thư của máy chủ đã hết hạn hoặc chưa có hiệu lực: kiểm tra đồng hồ máy này, rồi báo người quản trị"
    case .certificateRevoked: "chứng thư của máy chủ đã bị thu hồi: báo người quản trị"
    case .protocolVersion: "hai bên không có chung phiên bản TLS: cần TLS 1.3, hoặc 1.2 nếu máy chủ cho phép"
    case .noApplicationProtocol, .protocolViolation: "phía bên kia không nói TLS của BinhChon: kiểm tra địa chỉ và cổng"
    case .handshakeTimeout: "bắt tay TLS quá lâu: kiểm tra mạng và máy chủ"
    case .handshakeInterrupted, .uncleanShutdown: "kết nối bị ngắt giữa chừng"
    default: nil
    }
  }
}
