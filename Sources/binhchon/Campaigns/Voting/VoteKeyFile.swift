import Foundation
internal import TLS

/// The file with the key that opens the ballots of one secret vote: one line, `binhchon-vote-key`, campaign and vote, the key.
/// The server has it at no time but while it counts.
struct VoteKeyFile {
  private static let mark = "binhchon-vote-key"

  var path: String

  /// Makes a key and keeps it; nothing may be there.
  func make(for vote: String) throws(ClientError) -> HPKE.PrivateKey {
    do throws(TLSError) {
      let key = try HPKE.PrivateKey()
      let digits = key.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      try writePrivateFile("\(Self.mark) \(vote) \(digits)\n", to: path)
      return key
    } catch {
      throw ClientError(
        .cannotCreate, Text(vi: "không tạo được tệp khóa \(path)", en: "cannot make the key file \(path)"),
        why: Text(verbatim: error.description),
        next: Text(vi: "tệp đã có thì chọn tên khác", en: "if it is there already, choose another name"))
    }
  }

  /// - Parameter vote: that it must be of.
  func read(for vote: String) throws(ClientError) -> [UInt8] {
    let parts = try readText(path).split(whereSeparator: \.isWhitespace)
    guard parts.count == 3, parts[0] == Self.mark, parts[1] == vote, let bytes = Self.bytes(parts[2]) else {
      throw ClientError(
        .badData,
        Text(vi: "\(path) không phải khóa của \(vote)", en: "\(path) is no key of \(vote)"), reason: "WRONG_VOTE_KEY")
    }
    return bytes
  }

  private static func bytes(_ digits: Substring) -> [UInt8]? {
    guard digits.utf8.count == 2 * HPKE.keyLength, digits.allSatisfy(\.isHexDigit) else { return nil }
    let values = digits.compactMap(\.hexDigitValue).compactMap { UInt8(exactly: $0) }
    return stride(from: 0, to: values.count - 1, by: 2).map { values[$0] << 4 | values[$0 + 1] }
  }

  /// After the count nobody needs it, and whoever has an old copy of the ledger must not find it. Its blocks are the file
  /// system's: to write over them promises nothing on today's disks.
  func destroy() throws(ClientError) {
    guard unlink(path) == 0 else { throw undestroyed(systemMessage(errno)) }
  }

  /// Nothing was opened with it.
  func withdraw() {
    // It opens nothing: if it stays it harms nobody.
    _ = unlink(path)
  }

  private func undestroyed(_ why: Text) -> ClientError {
    ClientError(
      .inputOutput,
      Text(vi: "đã kiểm phiếu, nhưng không xóa được \(path)", en: "counted, but \(path) cannot be removed"),
      why: why, next: Text(vi: "hãy tự xóa tệp này và mọi bản sao", en: "remove it and every copy of it yourself"))
  }
}
