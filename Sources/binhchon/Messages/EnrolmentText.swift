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

  /// Nobody is trusted on a guess: the code stays here.
  static func otherAuthority(server: String) -> ClientError {
    ClientError(
      .notPermitted,
      Text(
        vi: "chứng thư của \(server) đến từ cơ quan khác, mã chưa được gửi",
        en: "the certificate of \(server) comes from another authority; the code was not sent"),
      next: Text(
        vi: "so lại dấu vân tay với người quản trị; nếu đúng, có kẻ đứng giữa",
        en: "compare the fingerprint with the administrator's; if it is right, somebody sits between"),
      reason: "CERTIFICATE_UNTRUSTED")
  }

  static func authorityNotPresented(server: String) -> ClientError {
    ClientError(
      .notPermitted,
      Text(
        vi: "\(server) không gửi chứng thư của cơ quan cấp, mã chưa được gửi",
        en: "\(server) does not send its authority's certificate; the code was not sent"),
      next: Text(
        vi: "mang ca.pem đến và dùng --ca, hoặc thêm nó vào cuối tệp chứng thư của máy chủ",
        en: "bring ca.pem and use --ca, or append it to the server's certificate file"),
      reason: "CERTIFICATE_UNTRUSTED")
  }

  static var fingerprintOfNoAuthority: ClientError {
    ClientError(
      .usage,
      Text(
        vi: "dấu vân tay là của một chứng thư, không phải của cơ quan cấp",
        en: "the fingerprint is that of a certificate which is no authority"),
      next: Text(
        vi: "lấy dấu vân tay của ca.pem: openssl x509 -in ca.pem -noout -fingerprint -sha256",
        en: "take that of ca.pem: openssl x509 -in ca.pem -noout -fingerprint -sha256"), reason: "CERTIFICATE_UNTRUSTED"
    )
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
