import Testing

@testable import TLS

struct HPKETests {
  static func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
  }

  /// RFC 9180, appendix A.2.1.
  private static let info = bytes("4f6465206f6e2061204772656369616e2055726e")
  private static let associated = bytes("436f756e742d30")
  private static let message = bytes("4265617574792069732074727574682c20747275746820626561757479")
  private static let sealed = bytes(
    "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a"
      + "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28")

  private static func recipient() throws -> HPKE.PrivateKey {
    try HPKE.PrivateKey(bytes("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb"))
  }

  @Test func theStandardsOwnMessage() throws {
    let recipient = try Self.recipient()
    #expect(recipient.publicKey == Self.bytes("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a"))
    let ephemeral = try HPKE.PrivateKey(Self.bytes("f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600"))
    #expect(
      try HPKE.seal(
        Self.message, to: recipient.publicKey, info: Self.info, associated: Self.associated, ephemeral: ephemeral)
        == Self.sealed)
    #expect(
      try HPKE.open(Self.sealed, with: recipient, info: Self.info, associated: Self.associated) == Self.message)
  }

  @Test(arguments: [0, 1, 29, 4_000])
  func whatIsSealedOpensForItsReaderOnly(_ length: Int) throws {
    let (reader, other) = (try HPKE.PrivateKey(), try HPKE.PrivateKey())
    let message = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
    let sealed = try HPKE.seal(message, to: reader.publicKey, info: Self.info, associated: [7])
    #expect(sealed.count == length + HPKE.overhead)
    #expect(try HPKE.open(sealed, with: reader, info: Self.info, associated: [7]) == message)
    #expect(try HPKE.open(sealed, with: other, info: Self.info, associated: [7]) == nil)
    #expect(try HPKE.open(sealed, with: reader, info: [], associated: [7]) == nil)
    #expect(try HPKE.open(sealed, with: reader, info: Self.info, associated: [8]) == nil)
    #expect(try HPKE.seal(message, to: reader.publicKey, info: Self.info, associated: [7]) != sealed)
  }

  @Test func aChangedOrShortenedMessageDoesNotOpen() throws {
    let recipient = try Self.recipient()
    for index in Self.sealed.indices {
      // The top bit of an X25519 key is no part of it (RFC 7748, section 5), but is bound by the secret.
      var changed = Self.sealed
      changed[index] ^= 0x80
      #expect(
        try HPKE.open(changed, with: recipient, info: Self.info, associated: Self.associated) == nil, "\(index)")
      #expect(
        try HPKE.open(
          Array(Self.sealed[..<index]), with: recipient, info: Self.info, associated: Self.associated) == nil)
    }
  }

  @Test func whatIsNoKeyIsRefused() throws {
    #expect(throws: TLSError.self) { try HPKE.PrivateKey([1, 2, 3]) }
    #expect(throws: TLSError.self) { try HPKE.seal([1], to: [1, 2, 3], info: []) }
    // The point of order one: every secret with it is 0.
    #expect(throws: TLSError.self) { try HPKE.seal([1], to: [UInt8](repeating: 0, count: 32), info: []) }
    let empty = [UInt8](repeating: 0, count: 32 + 16)
    #expect(try HPKE.open(empty, with: try Self.recipient(), info: []) == nil)
  }
}
