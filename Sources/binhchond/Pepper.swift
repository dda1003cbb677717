import FoundationEssentials
import Glibc

/// The secret under which dossier numbers are hashed. Whoever loses it lets everybody rate again; whoever leaks it lets
/// dossier numbers be guessed.
enum Pepper {
  /// Reads 32 or more bytes in hexadecimal.
  static func load(_ file: String) throws(Failure) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw Failure(
        .noInput,
        "pepper file \(file) cannot be read; restore it from your backup, a new one would let everybody rate twice")
    }
    var digits = data.filter { $0 > 0x20 }
    guard digits.count.isMultiple(of: 2), digits.count >= 64 else {
      throw Failure(.configuration, "pepper file \(file) must hold at least 64 hexadecimal digits")
    }
    var bytes: [UInt8] = []
    while !digits.isEmpty {
      guard let byte = UInt8(String(decoding: digits.prefix(2), as: UTF8.self), radix: 16) else {
        throw Failure(.configuration, "pepper file \(file) must hold hexadecimal digits only")
      }
      bytes.append(byte)
      digits.removeFirst(2)
    }
    return bytes
  }

  /// What to say if others can get at it; its group may read it.
  static func permissionProblem(_ file: String) -> String? {
    var status = stat()
    guard stat(file, &status) == 0, status.st_mode & 0o037 != 0 else { return nil }
    let mode = String(status.st_mode & 0o777, radix: 8)
    return "the pepper \(file) has mode 0\(mode); others must not get at it: chmod 600 it"
  }

  /// A new one: 32 random bytes in hexadecimal.
  static func make() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<32).map { _ in
      let digits = String(UInt8.random(in: .min ... .max, using: &generator), radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
