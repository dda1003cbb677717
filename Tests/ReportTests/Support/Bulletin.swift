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
    var question: String
    var choice: String
    var count: Int64

    var isCounted: Bool { flags & 6 == 0 }
  }

  let lines: [Line]

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
    return Bulletin(
      lines: try String(decoding: output, as: UTF8.self).split(separator: "\n").map { line in
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        try #require(fields.count == 8 && fields[0] == "mot-cua")
        return Line(
          day: fields[1], unit: fields[2], channel: fields[3], flags: try #require(UInt8(fields[4])),
          question: fields[5], choice: fields[6], count: try #require(Int64(fields[7])))
      })
  }

  /// - Parameter days: half-open, as text: their order is that of the days.
  func sum(
    _ question: String, _ choice: String, unit: String, days: Swift.Range<String>,
    where isMeant: (Line) -> Bool = { $0.isCounted }
  ) -> UInt64 {
    let found = lines.filter { line in
      line.question == question && line.choice == choice && days.contains(line.day)
        && (line.unit == unit || line.unit.hasPrefix(unit + "/")) && isMeant(line)
    }
    return UInt64(found.reduce(0) { $0 + $1.count })
  }
}
