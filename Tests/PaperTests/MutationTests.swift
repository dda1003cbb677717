import Foundation
import SeededRandom
import Testing

@testable import Paper

/// The examples with bytes changed, left out and doubled: whatever comes of it is an answer, and nothing is replaced.
@Suite(.timeLimit(.minutes(5))) struct MutationTests {
  @Test(arguments: ExampleTests.files)
  func damagedFiles(_ name: String) throws {
    let bytes = Array(try Data(contentsOf: URL(filePath: ExampleTests.path(name))))
    for seed in UInt64(0)..<20 {
      var random = SplitMix64(seed: seed)
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let place = Int.random(in: damaged.indices, using: &random)
        switch Int.random(in: 0...3, using: &random) {
        case 0: damaged[place] = UInt8.random(in: 0...255, using: &random)
        case 1: damaged.removeSubrange(place..<min(damaged.count, place + Int.random(in: 1...40, using: &random)))
        case 2: damaged.insert(contentsOf: damaged[place...].prefix(200), at: place)
        default: damaged[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
        }
      }
      let checked = try check(damaged)
      for row in checked.rows {
        for text in row.texts + row.findings.map(\.value) {
          #expect(!text.unicodeScalars.contains("\u{FFFD}"), "seed \(seed)")
        }
      }
      // Every row is accepted, rejected or told as a totals row.
      #expect(checked.report.rows == checked.report.acceptedRows + checked.report.rejectedRows)
      #expect(checked.report.isCutShort == checked.codes.contains { $0.rawValue < "E119" } || checked.report.rows == 0)
    }
  }
}
