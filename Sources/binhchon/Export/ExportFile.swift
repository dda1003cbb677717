import Foundation
import Glibc

/// Where an export is written: standard output, or a file that grows response by response.
final class ExportFile {
  private let path: String?
  private let isContinued: Bool
  private var descriptor: Int32 = -1

  /// - Parameters:
  ///   - path: nil: standard output.
  ///   - isContinued: the file is there and is written on; else it must not be there.
  init(_ path: String?, isContinued: Bool) throws(ClientError) {
    self.path = path
    self.isContinued = isContinued
    guard let path else {
      descriptor = STDOUT_FILENO
      return
    }
    let isThere = access(path, F_OK) == 0
    if isThere != isContinued { throw Self.unusable(path, isThere ? EEXIST : ENOENT) }
  }

  /// Returns when it is on disk, so that the cursor told after it is true after a power cut too.
  func write(_ text: String) throws {
    if descriptor < 0 { try open() }
    try writeAll(text.utf8, to: descriptor)
    guard let path, fsync(descriptor) != 0 else { return }
    throw ClientError(
      .inputOutput, Text(vi: "không ghi được \(path)", en: "cannot write \(path)"), why: systemMessage(errno))
  }

  /// Not before there is something to write: an export that is refused leaves no file behind.
  private func open() throws(ClientError) {
    guard let path else { return }
    let mode = isContinued ? 0 : O_CREAT | O_EXCL
    descriptor = Glibc.open(path, O_WRONLY | O_CLOEXEC | O_APPEND | mode, 0o600)
    if descriptor < 0 { throw Self.unusable(path, errno) }
  }

  private static func unusable(_ path: String, _ code: Int32) -> ClientError {
    ClientError(
      code == ENOENT ? .noInput : .cannotCreate, Text(vi: "không mở được \(path)", en: "cannot open \(path)"),
      why: code == EEXIST ? Text(vi: "tệp đã có", en: "it is there already") : systemMessage(code),
      next: code == EEXIST
        ? Text(vi: "chọn tên khác, hoặc xuất tiếp bằng --from", en: "choose another name, or go on with --from") : nil)
  }

  deinit {
    if path != nil, descriptor >= 0 { _ = close(descriptor) }
  }
}
