import Foundation

/// Cuts chunks of bytes into lines; the last one needs no line end.
struct LineReader: Sendable {
  /// Longer than any ballot: whatever has no line end by then is no list of ballots.
  static let longest = 1 << 20
  private var rest: [UInt8] = []
  private(set) var number = 0

  struct NumberedLine: Equatable, Sendable {
    var number: Int
    var text: String
  }

  mutating func lines(in chunk: [UInt8]) throws(ClientError) -> [NumberedLine] {
    var found: [NumberedLine] = []
    let parts = chunk.split(separator: 0x0A, omittingEmptySubsequences: false)
    for part in parts.dropLast() {
      found.append(try line(rest + part))
      rest = []
    }
    rest += parts.last ?? []
    if rest.count > Self.longest {
      throw failure(Text(vi: "dòng dài quá 1 MiB", en: "the line is longer than 1 MiB"))
    }
    return found
  }

  mutating func end() throws(ClientError) -> NumberedLine? {
    guard !rest.isEmpty else { return nil }
    defer { rest = [] }
    return try line(rest)
  }

  private mutating func line(_ bytes: [UInt8]) throws(ClientError) -> NumberedLine {
    number += 1
    var bytes = bytes[...]
    if bytes.last == 0x0D { bytes.removeLast() }
    // A byte order mark, as spreadsheets write it.
    if number == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw failure(Text(vi: "không phải UTF-8", en: "it is not UTF-8"))
    }
    return NumberedLine(number: number, text: text)
  }

  private func failure(_ why: Text) -> ClientError {
    ClientError(
      .badData, Text(vi: "không đọc được dòng \(max(1, number))", en: "cannot read line \(max(1, number))"), why: why)
  }
}
