/// What can go wrong while a kiosk gets its certificate.
extension ClientError {
  static func enrolmentOff(server: String) -> ClientError {
    ClientError(
      .unreachable,
      Text(vi: "máy chủ \(server) không cấp chứng thư cho máy đánh giá", en: "the server \(server) enrols no kiosks"),
      next: Text(
        vi: "người quản trị đặt `enrolment:` trong binhchon.yaml, hoặc cấp chứng thư bằng certs/issue.sh",
        en: "its administrator sets `enrolment:` in binhchon.yaml, or issues a certificate with certs/issue.sh"),
      reason: "ENROLMENT_OFF")
  }

  static func mistypedCode(_ problem: String) -> ClientError {
    ClientError(
      .badData, Text(vi: "mã đăng ký gõ chưa đúng", en: "the code was not typed right"),
      why: Text(vi: "mã gồm 16 chữ và số, chữ cuối để kiểm tra", en: "the code \(problem)"),
      next: Text(
        vi: "gõ lại; chữ hoa hay thường, gạch nối đều được", en: "type it again; capitals and hyphens do not matter"),
      reason: "CODE_MISTYPED")
  }

  static func wrongCertificate(_ problem: String) -> ClientError {
    ClientError(
      .protocol,
      Text(
        vi: "máy chủ gửi một chứng thư không phải của máy này", en: "the server sent a certificate that is not ours"),
      why: Text(verbatim: problem),
      next: Text(vi: "báo cho người quản trị máy chủ", en: "tell the server's administrator"),
      reason: "WRONG_CERTIFICATE")
  }

  /// There is an identity already, and nobody said that it may go.
  static func alreadyEnrolled(_ directory: String) -> ClientError {
    ClientError(
      .cannotCreate,
      Text(vi: "\(directory) đã có chứng thư của một máy", en: "\(directory) holds a kiosk's identity already"),
      next: Text(
        vi: "thêm --replace để thay, hoặc --directory khác; gia hạn bằng `binhchon kiosk renew`",
        en: "add --replace to replace it, or another --directory; to renew it: `binhchon kiosk renew`"),
      reason: "ALREADY_ENROLLED")
  }
}
