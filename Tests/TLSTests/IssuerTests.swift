import Testing

@testable import TLS

@Suite struct IssuerTests {
  let now = systemTime()
  let authority: CertificateIssuer

  init() throws {
    authority = try .authority(named: "Sở Nội vụ", notBefore: systemTime() - 60, notAfter: systemTime() + 3600)
  }

  /// Reads a certificate back.
  func read<Value>(_ pem: String, _ body: (Certificate) throws -> Value) throws -> Value {
    let object = try PEM.certificates(in: Array(pem.utf8), path: "test", code: .certificateInvalid)[0]
    return try body(Certificate(object.pointer))
  }

  @Test func clientCertificate() throws {
    let made = try authority.client(
      uri: "spiffe://a.test/kiosk/b/c", commonName: "Quầy 3", notBefore: 1_700_000_000, notAfter: 4_102_444_800,
      serial: "0badcafe")
    try read(made.certificatePEM) { certificate in
      #expect(certificate.subject == "CN=Quầy 3")
      #expect(certificate.issuer == "CN=Sở Nội vụ")
      #expect(certificate.serial == "0BADCAFE")
      #expect(certificate.notBefore == 1_700_000_000)
      // Beyond 2050, where X.509 changes the way it writes dates.
      #expect(certificate.notAfter == 4_102_444_800)
      #expect(certificate.uris == ["spiffe://a.test/kiosk/b/c"])
      #expect(certificate.identity.uri == "spiffe://a.test/kiosk/b/c")
    }
  }

  @Test func randomSerialsDiffer() throws {
    let serials = try (0..<3).map { _ in
      try read(try authority.server(hosts: ["a.test"], notBefore: now, notAfter: now + 1).certificatePEM) { $0.serial }
    }
    #expect(Set(serials).count == 3)
    #expect(serials.allSatisfy { $0.count == 32 })
  }

  @Test func twoURIsAreNoIdentity() throws {
    let draft = try CertificateDraft(commonName: "two", notBefore: now, notAfter: now + 60, serial: nil)
    try draft.setAlternativeNames(uris: ["spiffe://a.test/kiosk/x", "spiffe://a.test/admin/x"], hosts: [])
    try read(try draft.sign(issuer: authority, extensions: []).certificatePEM) { certificate in
      #expect(certificate.uris.count == 2)
      #expect(certificate.identity.uri == nil)
    }
  }

  /// In OpenSSL's own notation this would be two names.
  @Test func aNameBringsNoOtherAlong() throws {
    let made = try authority.client(
      uri: "spiffe://a.test/kiosk/x,URI:spiffe://a.test/admin/x", commonName: "x", notBefore: now, notAfter: now + 60)
    try read(made.certificatePEM) { #expect($0.uris == ["spiffe://a.test/kiosk/x,URI:spiffe://a.test/admin/x"]) }
  }

  @Test(arguments: ["", "no scheme", "spiffe://a b", "spiffe://\u{0}", "spiffe://quầy"])
  func badURI(uri: String) {
    let error = #expect(throws: TLSError.self) {
      try authority.client(uri: uri, commonName: "x", notBefore: now, notAfter: now + 60)
    }
    #expect(error?.code == .configurationInvalid)
  }

  @Test(arguments: ["", "xyz", "-1", "0", "00", String(repeating: "1", count: 41)])
  func badSerial(serial: String) {
    let error = #expect(throws: TLSError.self) {
      try authority.client(
        uri: "spiffe://a.test/k", commonName: "x", notBefore: now, notAfter: now + 60, serial: serial)
    }
    #expect(error?.code == .configurationInvalid)
  }

  @Test func badNames() {
    for name in ["", String(repeating: "x", count: 65)] {
      #expect(throws: TLSError.self) { try CertificateIssuer.authority(named: name, notBefore: now, notAfter: now) }
    }
    #expect(throws: TLSError.self) { try authority.server(hosts: [], notBefore: now, notAfter: now) }
    #expect(throws: TLSError.self) { try authority.server(hosts: ["a b"], notBefore: now, notAfter: now) }
  }

  /// RFC 4231, test cases 1, 2 and 6.
  @Test func hmac() throws {
    func hex(_ bytes: [UInt8]) -> String {
      bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
    #expect(
      hex(try hmacSHA256(key: Array(repeating: 0x0B, count: 20), message: Array("Hi There".utf8)))
        == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
    #expect(
      hex(try hmacSHA256(key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8)))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    #expect(
      hex(
        try hmacSHA256(
          key: Array(repeating: 0xAA, count: 131),
          message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)))
        == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    #expect(try hmacSHA256(key: [], message: []).count == 32)
  }
}
