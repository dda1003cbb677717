import Foundation

/// What a server process has of its machine (proc(5)).
struct ServerHealth: Sendable {
  struct Unreadable: Error {}

  var descriptors: Int
  /// Bytes.
  var resident: Int

  init(of pid: Int32) throws {
    descriptors = try Self.descriptors(of: pid).count
    resident = try Memory.resident(of: pid)
  }

  static func highestDescriptor(of pid: Int32) throws -> Int {
    try descriptors(of: pid).compactMap { Int($0) }.max() ?? 0
  }

  private static func descriptors(of pid: Int32) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd")
  }

  /// Processor time used so far, user and system, in clock ticks of a hundredth second.
  static func ticks(of pid: Int32) throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
    // The second field is a name in parentheses, in which there may be anything.
    let fields = text.drop { $0 != ")" }.split(separator: " ")
    guard fields.count > 13, let user = Int(fields[12]), let system = Int(fields[13]) else { throw Unreadable() }
    return user + system
  }
}
