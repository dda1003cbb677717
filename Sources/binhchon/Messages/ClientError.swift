import Foundation

/// A failure as we tell it: what failed (and where), why, what to do next, and a code to look up.
struct ClientError: Error, Equatable {
  var status: SysExit
  var what: Text
  var why: Text?
  var next: Text?
  /// A name of `binhchon.v1.Reason`, of `google.rpc.Code`, or of our own for what happens before a call.
  var reason: String?

  init(_ status: SysExit, _ what: Text, why: Text? = nil, next: Text? = nil, reason: String? = nil) {
    self.status = status
    self.what = what
    self.why = why
    self.next = next
    self.reason = reason
  }

  /// The lines for a person.
  func lines(_ language: Language) -> [String] {
    var first = "binhchon: " + what(language)
    if let reason { first += " [\(reason)]" }
    var lines = [first]
    if let why { lines.append("  " + Text(vi: "Lý do: ", en: "Why: ")(language) + why(language)) }
    if let next { lines.append("  " + Text(vi: "Cách xử lý: ", en: "Next: ")(language) + next(language)) }
    return lines
  }

  /// The same for a program.
  func json(_ language: Language) -> ErrorRecord {
    ErrorRecord(
      error: .init(
        exit: status.rawValue, reason: reason, what: what(language), why: why.map { $0(language) },
        next: next.map { $0(language) }))
  }
}

struct ErrorRecord: Encodable {
  struct Body: Encodable {
    var exit: Int32
    var reason: String?
    var what: String
    var why: String?
    var next: String?
  }
  var error: Body
}

/// What an `errno` means; in the system's own words where it is a rare one.
func systemMessage(_ code: Int32) -> Text {
  let english = String(cString: strerror(code))
  let vietnamese: String? =
    switch code {
    case ENOENT: "không có tệp hoặc thư mục này"
    case EACCES, EPERM: "không có quyền"
    case EISDIR: "đó là một thư mục"
    case ENOTDIR: "một phần của đường dẫn không phải thư mục"
    case EROFS: "hệ thống tệp chỉ cho đọc"
    case ENOSPC: "hết chỗ trên đĩa"
    case EIO: "lỗi đọc ghi"
    case ECONNREFUSED: "không có máy chủ nào ở địa chỉ này (kết nối bị từ chối)"
    case ECONNRESET: "kết nối bị ngắt"
    case EHOSTUNREACH, ENETUNREACH: "không có đường tới máy chủ"
    case ETIMEDOUT: "quá thời gian chờ"
    default: nil
    }
  return Text(vi: vietnamese ?? english, en: english)
}
