import Foundation

/// Where an export is written: standard output, or a file that grows response by response.
final class ExportFile {
  private let descriptor: Int32
  private let path: String?

  /// - Parameters:
  ///   - path: nil: standard output.
  ///   - isContinued: the file is there and is written on; else it must not be there.
  init(_ path: String?, isContinued: Bool) throws(ClientError) {
    self.path = path
    guard let path else {
      descriptor = STDOUT_FILENO
      return
    }
    descriptor = open(path, O_WRONLY | O_CLOEXEC | O_APPEND | (isContinued ? 0 : O_CREAT | O_EXCL), 0o600)
    guard descriptor >= 0 else {
      let code = errno
      throw ClientError(
        isContinued ? .noInput : .cannotCreate, Text(vi: "không mở được \(path)", en: "cannot open \(path)"),
        why: code == EEXIST ? Text(vi: "tệp đã có", en: "it is there already") : systemMessage(code),
        next: code == EEXIST
          ? Text(vi: "chọn tên khác, hoặc xuất tiếp bằng --from", en: "choose another name, or go on with --from") : nil
      )
    }
  }

  /// Returns when it is on disk, so that the cursor told after it is true after a power cut too.
  func write(_ text: String) throws {
    try writeAll(text.utf8, to: descriptor)
    guard let path, fsync(descriptor) != 0 else { return }
    throw ClientError(
      .inputOutput, Text(vi: "không ghi được \(path)", en: "cannot write \(path)"), why: systemMessage(errno))
  }

  deinit {
    if path != nil { _ = close(descriptor) }
  }
}
