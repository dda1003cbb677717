/// CRC-32 as in zlib and PNG (polynomial 0xEDB88320), eight bytes at a time ("slicing by 8").
struct Checksum: Sendable {
  private let tables: [UInt32]

  static let shared = Checksum()

  private init() {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for index in 0..<256 {
      var value = UInt32(index)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
      tables[index] = value
    }
    for index in 256..<8 * 256 {
      let previous = tables[index - 256]
      tables[index] = previous >> 8 ^ tables[Int(previous & 0xFF)]
    }
    self.tables = tables
  }

  /// What the `crc` column of an entry holds: over the sequence (8 bytes, most significant first), the kind (1 byte)
  /// and the body, so that a changed byte and two entries changing places are both seen.
  func callAsFunction(sequence: UInt64, kind: UInt8, body: UnsafeRawBufferPointer) -> UInt32 {
    tables.withUnsafeBufferPointer { tables in
      var crc = UInt32.max
      withUnsafeBytes(of: sequence.bigEndian) { crc = Checksum.update(crc, $0, tables) }
      withUnsafeBytes(of: kind) { crc = Checksum.update(crc, $0, tables) }
      return ~Checksum.update(crc, body, tables)
    }
  }

  private static func update(
    _ start: UInt32, _ bytes: UnsafeRawBufferPointer, _ tables: UnsafeBufferPointer<UInt32>
  ) -> UInt32 {
    var crc = start
    var position = 0
    while bytes.count - position >= 8 {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)) ^ UInt64(crc)
      crc = 0
      for lane in 0..<8 { crc ^= tables[(7 - lane) * 256 + Int(word >> UInt64(8 * lane) & 0xFF)] }
      position += 8
    }
    while position < bytes.count {
      crc = crc >> 8 ^ tables[Int((crc ^ UInt32(bytes[position])) & 0xFF)]
      position += 1
    }
    return crc
  }
}
