internal import Polling

/// What an alert of missing presses is called for those who are not told how often a kiosk was pressed: in place of the number
/// a hash of it under the pepper, which nobody can find by trying numbers. The same as long as the alert stands.
struct GapKey: Sendable {
  /// HMAC-SHA-256 under the pepper.
  var hash: @Sendable ([UInt8]) throws -> [UInt8]

  func key(of gap: AlertSubject) throws(Refusal) -> String {
    do {
      let digest = try hash([0] + Array("gap\0\(gap.key)".utf8))
      return "gap/" + digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "/\(gap.kiosk ?? "")"
    } catch {
      throw .ourFault("the pepper cannot be used: \(error)")
    }
  }

  /// Nil: it is no such key.
  static func kiosk(of key: String) -> String? {
    guard key.utf8.count <= AlertSubject.mostBytes else { return nil }
    let parts = key.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].utf8.elementsEqual("gap".utf8), parts[1].utf8.count == 64 else { return nil }
    return String(parts[2])
  }
}
