import Foundation
import SeededRandom
import Testing

/// What a power loss leaves of a few events, in each of the three ways.
@Suite struct SimulatedDiskTests {
  struct Row: CustomStringConvertible, Sendable {
    var description: String
    var events: [DiskEvent]
    /// The files if everything unsynced is lost, and if nothing is.
    var least: [String: String]
    var most: [String: String]

    init(_ description: String, _ events: [DiskEvent], least: [String: String], most: [String: String]) {
      (self.description, self.events, self.least, self.most) = (description, events, least, most)
    }
  }

  private static func write(_ path: String, _ text: String, at offset: Int = 0) -> DiskEvent {
    .write(path, at: offset, Array(text.utf8))
  }
  /// "f" with "ab" in it, safe.
  private static let safe: [DiskEvent] = [.create("f"), write("f", "ab"), .sync("f"), .sync("")]

  static let rows: [Row] = [
    Row("a name that was not synced", [.create("f"), write("f", "ab"), .sync("f")], least: [:], most: ["f": "ab"]),
    Row("bytes that were not", [.create("f"), write("f", "ab"), .sync("")], least: ["f": ""], most: ["f": "ab"]),
    Row("both were", safe, least: ["f": "ab"], most: ["f": "ab"]),
    Row("written over", safe + [write("f", "c", at: 1)], least: ["f": "ab"], most: ["f": "ac"]),
    Row("written beyond the end", safe + [write("f", "c", at: 3)], least: ["f": "ab"], most: ["f": "ab\0c"]),
    Row("cut short", safe + [.truncate("f", to: 1)], least: ["f": "ab"], most: ["f": "a"]),
    Row(
      "cut short, written, synced", safe + [.truncate("f", to: 0), write("f", "c"), .sync("f")], least: ["f": "c"],
      most: ["f": "c"]),
    Row("made longer", safe + [.truncate("f", to: 3)], least: ["f": "ab"], most: ["f": "ab\0"]),
    Row("removed", safe + [.remove("f")], least: ["f": "ab"], most: [:]),
    Row("removed and synced", safe + [.remove("f"), .sync("")], least: [:], most: [:]),
    Row("opened again", safe + [.create("f")], least: ["f": "ab"], most: ["f": "ab"]),
    Row(
      "removed and made anew", safe + [.remove("f"), .create("f"), write("f", "c"), .sync("f")], least: ["f": "ab"],
      most: ["f": "c"]),
    Row("renamed", safe + [.rename("f", to: "g")], least: ["f": "ab"], most: ["g": "ab"]),
    Row("renamed and synced", safe + [.rename("f", to: "g"), .sync("")], least: ["g": "ab"], most: ["g": "ab"]),
    Row(
      "renamed over another", safe + [.create("g"), write("g", "c"), .sync("g"), .rename("g", to: "f")],
      least: ["f": "ab"], most: ["f": "c"]),
    Row("linked", safe + [.link("f", as: "g")], least: ["f": "ab"], most: ["f": "ab", "g": "ab"]),
    Row(
      "a directory that was not synced where it is named",
      [.makeDirectory("d"), .create("d/f"), write("d/f", "ab"), .sync("d/f"), .sync("d")], least: [:],
      most: ["d/f": "ab"]),
    Row(
      "a directory renamed",
      [.makeDirectory("d"), .create("d/f"), .sync("d"), .sync(""), .rename("d", to: "e"), write("e/f", "a")],
      least: ["d/f": ""], most: ["e/f": "a"]),
    Row(
      "renamed into another directory", safe + [.makeDirectory("d"), .sync(""), .rename("f", to: "d/f"), .sync("")],
      // The new name was not synced, its end under the old one was: POSIX allows it.
      least: [:], most: ["d/f": "ab"]),
    Row(
      "written while a sync is under way", safe + [.syncBegins("f"), write("f", "c"), .sync("f")], least: ["f": "ab"],
      most: ["f": "cb"]),
    Row(
      "answers change nothing", safe + [.said([1]), .sent(socket: "s", bytes: 9)], least: ["f": "ab"], most: ["f": "ab"]
    ),
  ]

  private static func files(_ events: [DiskEvent], _ loss: SimulatedDisk.Loss, seed: UInt64 = 1) throws -> [String:
    [UInt8]]
  {
    var disk = SimulatedDisk()
    for event in events { try disk.apply(event) }
    var random = SplitMix64(seed: seed)
    return disk.image(loss, random: &random).files
  }

  @Test(arguments: rows) func isLeft(_ row: Row) throws {
    #expect(try Self.files(row.events, .everything) == row.least.mapValues { Array($0.utf8) })
    #expect(try Self.files(row.events, .nothing) == row.most.mapValues { Array($0.utf8) })
  }

  /// Of two blocks and a bit each one is there or not, and over many seeds each comes both ways, with the others or without.
  @Test func partsOf512Bytes() throws {
    let events = Self.safe + [.write("f", at: 500, [UInt8](repeating: 7, count: 600))]
    var seen: Set<[Bool]> = []
    for seed in 0..<200 as Range<UInt64> {
      let bytes = try #require(try Self.files(events, .parts, seed: seed)["f"])
      #expect(Array(bytes.prefix(2)) == Array("ab".utf8))
      // To 512, to 1024, to 1100.
      let parts = [500..<512, 512..<1024, 1024..<1100].map { range in
        range.map { $0 < bytes.count ? bytes[$0] : 0 }
      }
      for part in parts { #expect(Set(part).count == 1, "a part is torn") }
      seen.insert(parts.map { $0[0] == 7 })
    }
    #expect(seen.count == 8)
  }

  @Test func theSameSeedLeavesTheSame() throws {
    let events = Self.safe + [.write("f", at: 0, [UInt8](repeating: 7, count: 9_000)), .rename("f", to: "g")]
    #expect(try Self.files(events, .parts, seed: 9) == Self.files(events, .parts, seed: 9))
  }

  static let impossible: [DiskEvent] = [
    write("f", "a"), .truncate("f", to: 0), .sync("f"), .rename("f", to: "g"), .link("f", as: "g"), .create("d/f"),
    .makeDirectory(""), write("", "a"),
  ]

  /// A log that does not say where a file came from is not one to rebuild from.
  @Test(arguments: impossible) func isUnknown(_ event: DiskEvent) {
    #expect(throws: SimulatedDisk.Unknown.self) { try Self.files([event], .nothing) }
  }
}
