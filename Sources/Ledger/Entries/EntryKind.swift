/// What an entry is. The numbers are those of the `kind` column.
enum EntryKind: UInt8 {
  case cast = 1
  case publish = 2
  case close = 3
  case void = 4
  case kioskCode = 5
  case kioskCertificate = 6
  case refusedPress = 7
  case registry = 8
  case act = 9

  /// The first byte of every body: which layout follows.
  static let format: UInt8 = 1
}

extension ByteReader {
  mutating func format() throws(FormatError) {
    guard try byte() == EntryKind.format else { throw fail("format of a newer version") }
  }
}
