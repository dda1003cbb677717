/// A zip archive whose files are stored as they are (APPNOTE.TXT 4.3), its checksums right: what a fuzzer changes in a file
/// reaches who reads it.
struct StoredZip {
  private(set) var bytes: [UInt8] = []
  private var directory: [UInt8] = []
  private var count: UInt16 = 0

  mutating func add(_ name: StaticString, _ content: ArraySlice<UInt8>) {
    let name = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    var common: [UInt8] = []
    for word in [20, 0, 0, 0, 0x21] as [UInt16] { common.add(word) }
    common.add(Self.checksum(content))
    common.add(UInt32(truncatingIfNeeded: content.count))
    common.add(UInt32(truncatingIfNeeded: content.count))
    common.add(UInt16(truncatingIfNeeded: name.count))
    common.add(0 as UInt16)
    directory += [0x50, 0x4B, 1, 2, 20, 0] + common
    for _ in 0..<5 { directory.add(0 as UInt16) }
    directory.add(UInt32(truncatingIfNeeded: bytes.count))
    directory += name
    bytes += [0x50, 0x4B, 3, 4] + common
    bytes += name
    bytes += content
    count += 1
  }

  mutating func end() {
    let place = bytes.count
    bytes += directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0]
    bytes.add(count)
    bytes.add(count)
    bytes.add(UInt32(truncatingIfNeeded: directory.count))
    bytes.add(UInt32(truncatingIfNeeded: place))
    bytes.add(0 as UInt16)
  }

  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 0 ? sum >> 1 : 0xEDB8_8320 ^ sum >> 1 }
  }

  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(0xFFFF_FFFF) { sum, byte in table[Int((sum ^ UInt32(byte)) & 0xFF)] ^ sum >> 8 }
  }
}

extension [UInt8] {
  /// Little-endian, as everything in a zip archive.
  fileprivate mutating func add(_ value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }
}
