import Foundation
import SeededRandom
import Testing

@testable import Kiosk

/// kill -9 of a process that taps as fast as it can, again and again on one spool.
@Suite(.timeLimit(.minutes(2))) struct SpoolCrashTests {
  static let kills = 40

  @Test func whatWasThankedForIsInTheSpool() throws {
    var random = SplitMix64()
    let directory = try TemporaryDirectory()
    var thanked = 0
    for kill in 1...Self.kills {
      // Killed in the midst of whatever it does after so many thanks.
      let last = try tapUntilKilled(directory.path, after: Int.random(in: 1...60, using: &random))
      let spool = try Spool(directory: directory.path)
      #expect(spool.setAside == nil)
      let presses = Int(spool.status.presses)
      // One more may be on the disk: killed between the sync and the thanks.
      #expect((last...last + 1).contains(presses), "kill \(kill): \(last) thanked, \(presses) in the spool")
      #expect(last > thanked)
      thanked = last
      let taps = try spool.pending(limit: .max, bytes: .max)
      #expect(taps.map(\.sequence) == (0..<presses).map { UInt64($0 + 1) })
      #expect(Set(taps.map(\.id)).count == presses)
    }
  }

  /// The number of the last tap that was thanked for.
  private func tapUntilKilled(_ directory: String, after count: Int) throws -> Int {
    let process = Process()
    process.executableURL = Bundle.main.bundleURL.appending(path: "KioskTapper")
    process.arguments = [directory]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    var output = Data()
    while output.count(where: { $0 == 0x0A }) < count {
      let bytes = pipe.fileHandleForReading.availableData
      if bytes.isEmpty { break }
      output += bytes
    }
    kill(process.processIdentifier, SIGKILL)
    // What it said before it died is still in the pipe.
    output += try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationReason == .uncaughtSignal)
    let lines = String(decoding: output, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    return try #require(lines.dropLast().last.flatMap { Int($0) })
  }
}
