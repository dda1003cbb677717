internal import NIOCore

/// As it stands in our tickets. Only we write and read them, and only with the same keys, which are new with every start:
/// there are no older formats.
extension Certificate {
  /// Nil if there is too much of it, or a date is missing.
  func encoded() -> [UInt8]? {
    guard let notBefore, let notAfter else { return nil }
    var buffer = ByteBuffer()
    buffer.writeMultipleIntegers(notBefore, notAfter, issuerHash, anchor)
    let isWritten =
      Self.write(issuerName, to: &buffer)
      && ([subject, issuer, serial] + uris).allSatisfy { Self.write($0.utf8, to: &buffer) }
    // A ticket holds 64 KiB.
    guard isWritten, buffer.readableBytes <= 16 << 10 else { return nil }
    return Array(buffer.readableBytesView)
  }

  init?(encoded bytes: UnsafeRawBufferPointer) {
    var buffer = ByteBuffer(bytes: bytes)
    guard
      let (notBefore, notAfter, issuerHash, anchor) = buffer.readMultipleIntegers(
        as: (Int64, Int64, UInt32, UInt64).self),
      let issuerName = buffer.readLengthPrefixedSlice(as: UInt16.self)
    else { return nil }
    var texts: [String] = []
    while buffer.readableBytes > 0 {
      guard let text = buffer.readLengthPrefixedSlice(as: UInt16.self) else { return nil }
      texts.append(String(buffer: text))
    }
    guard texts.count >= 3 else { return nil }
    self.init(
      subject: texts[0], issuer: texts[1], issuerName: Array(issuerName.readableBytesView), issuerHash: issuerHash,
      serial: texts[2], notBefore: notBefore, notAfter: notAfter, uris: Array(texts.dropFirst(3)),
      anchor: anchor)
  }

  private static func write(_ bytes: some Collection<UInt8>, to buffer: inout ByteBuffer) -> Bool {
    guard let count = UInt16(exactly: bytes.count) else { return false }
    buffer.writeInteger(count)
    buffer.writeBytes(bytes)
    return true
  }
}
