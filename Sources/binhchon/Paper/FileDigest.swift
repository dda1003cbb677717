internal import COpenSSL
import Foundation

/// The SHA-256 of a file, read piece by piece.
enum FileDigest {
  private static let piece = 1 << 20

  static func sha256(_ path: String) throws(ClientError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path, errno) }
    defer { _ = close(descriptor) }
    let failure = ClientError(.internalError, Text(vi: "không tính được SHA-256", en: "cannot compute SHA-256"))
    guard let context = EVP_MD_CTX_new() else { throw failure }
    defer { EVP_MD_CTX_free(context) }
    guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else { throw failure }
    var buffer = [UInt8](repeating: 0, count: piece)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path, errno) }
      if count == 0 { break }
      guard EVP_DigestUpdate(context, buffer, count) == 1 else { throw failure }
    }
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var length: UInt32 = 0
    guard EVP_DigestFinal_ex(context, &digest, &length) == 1, length == 32 else { throw failure }
    return Array(digest.prefix(32))
  }

  static func unreadable(_ path: String, _ code: Int32) -> ClientError {
    ClientError(
      code == ENOENT ? .noInput : .inputOutput, Text(vi: "không đọc được \(path)", en: "cannot read \(path)"),
      why: systemMessage(code))
  }
}
