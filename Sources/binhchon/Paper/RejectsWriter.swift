import Foundation
internal import Paper

/// Writes rejected rows to a file that was not there before. No rejects, no file.
final class RejectsWriter {
  private let path: String
  private var descriptor: Int32 = -1
  private var file: RejectsFile?
  private var buffer: [UInt8] = []
  private(set) var rows = 0

  init(_ path: String) throws(ClientError) {
    self.path = path
    guard access(path, F_OK) != 0 else {
      throw ClientError(
        .cannotCreate, Text(vi: "\(path) đã có", en: "\(path) is there already"),
        next: Text(vi: "chọn tên khác, hoặc xóa tệp cũ", en: "choose another name, or remove the old file"))
    }
  }

  /// The heading was found.
  func begin(_ report: PaperReport, _ language: Language) {
    file = RejectsFile(report) { Text($0.hint)(language) }
  }

  func add(_ row: CheckedRow) throws {
    guard let file else { return }
    if descriptor < 0 {
      descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else {
        throw ClientError(
          .cannotCreate, Text(vi: "không tạo được \(path)", en: "cannot create \(path)"), why: systemMessage(errno))
      }
      buffer = file.heading()
    }
    rows += 1
    buffer += file.record(row)
    if buffer.count >= 1 << 16 { try flush() }
  }

  func finish() throws {
    guard descriptor >= 0 else { return }
    try flush()
    let failed = close(descriptor) != 0
    descriptor = -1
    if failed {
      throw ClientError(
        .inputOutput, Text(vi: "không ghi được \(path)", en: "cannot write \(path)"), why: systemMessage(errno))
    }
  }

  /// Takes back what was begun: half of the rejects looks like all of them.
  func discard() {
    guard descriptor >= 0 else { return }
    _ = close(descriptor)
    descriptor = -1
    _ = unlink(path)
  }

  deinit { discard() }

  private func flush() throws {
    try writeAll(buffer, to: descriptor)
    buffer.removeAll(keepingCapacity: true)
  }
}
