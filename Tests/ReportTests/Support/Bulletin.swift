import Foundation
import Polling
import Testing

@testable import binhchon

/// The cells of a ledger as scripts/recount counts them, without any code of ours.
struct Bulletin: Sendable {
  struct Line: Sendable {
    var day: String
    var unit: String
    var channel: String
    var flags: UInt8
    var count: Int64

    var isCounted: Bool { flags & 6 == 0 }
  }

  /// By question and choice.
  private let lines: [[String]: [Line]]

  static func recounted(_ directory: String) throws -> Bulletin {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", Shipped.path("scripts/recount"), directory]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    var lines: [[String]: [Line]] = [:]
    for line in output.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
      guard fields.count == 8, fields[0] == "mot-cua", let flags = UInt8(fields[4]), let count = Int64(fields[7]) else {
        Issue.record("no line of a bulletin: \(fields)")
        continue
      }
      lines[[fields[5], fields[6]], default: []].append(
        Line(day: fields[1], unit: fields[2], channel: fields[3], flags: flags, count: count))
    }
    return Bulletin(lines: lines)
  }

  /// - Parameter days: half-open, as text: their order is that of the days.
  func sum(
    _ question: String, _ choice: String, unit: String, days: Swift.Range<String>,
    where isMeant: (Line) -> Bool = { $0.isCounted }
  ) -> UInt64 {
    let found = (lines[[question, choice]] ?? []).filter { line in
      days.contains(line.day) && (line.unit == unit || line.unit.hasPrefix(unit + "/")) && isMeant(line)
    }
    return UInt64(found.reduce(0) { $0 + $1.count })
  }
}
