/// ttrpc frames and protobuf, also wrong ones.
enum RawBytes {
  static func frame(
    _ id: UInt32, type: UInt8, flags: UInt8 = 0, _ body: [UInt8] = [], length: UInt32? = nil
  ) -> [UInt8] {
    big(length ?? UInt32(truncatingIfNeeded: body.count)) + big(id) + [type, flags] + body
  }

  static func data(_ id: UInt32, flags: UInt8 = 0, _ body: [UInt8] = []) -> [UInt8] {
    frame(id, type: 3, flags: flags, body)
  }

  static func request(
    _ id: UInt32, _ service: String, _ method: String, _ payload: [UInt8] = [], flags: UInt8 = 0, timeout: Int64 = 0,
    metadata: [UInt8] = []
  ) -> [UInt8] {
    var body = field(1, Array(service.utf8)) + field(2, Array(method.utf8)) + field(3, payload)
    if timeout != 0 { body += [4 << 3] + varint(UInt64(bitPattern: timeout)) }
    return frame(id, type: 1, flags: flags, body + metadata)
  }

  /// Frames for each of so many odd ids, from 1.
  static func ids(_ count: UInt32, _ frames: (UInt32) throws -> [UInt8]) rethrows -> [UInt8] {
    var bytes: [UInt8] = []
    for index in 0..<count { bytes += try frames(index * 2 + 1) }
    return bytes
  }

  /// A length-delimited field.
  static func field(_ number: Int, _ content: [UInt8]) -> [UInt8] {
    varint(UInt64(number) << 3 | 2) + varint(UInt64(content.count)) + content
  }

  static func varint(_ value: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  /// TLS record in the clear.
  static func record(_ type: UInt8, _ content: [UInt8], length: UInt16? = nil) -> [UInt8] {
    let length = length ?? UInt16(truncatingIfNeeded: content.count)
    return [type, 3, 3, UInt8(length >> 8), UInt8(truncatingIfNeeded: length)] + content
  }

  static func big(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}

extension [UInt8] {
  /// So often one behind the other.
  func times(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(self.count * count)
    for _ in 0..<count { bytes += self }
    return bytes
  }
}
