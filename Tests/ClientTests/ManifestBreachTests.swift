import Foundation
import Polling
import Schema
import Testing

@testable import Paper
@testable import binhchon

@Suite struct ManifestBreachTests {
  static func report() throws -> PaperReport {
    var report = PaperReport()
    func add(_ unit: String, _ first: String, _ last: String, row: Int, count: Int) throws {
      report.add(
        .init(
          unit: try UnitPath(unit),
          period: Period(first: try #require(Day(iso: first)), last: try #require(Day(iso: last)))),
        row: row, count: count)
    }
    try add("hai-chau/mot-cua", "2025-07-14", "2025-07-14", row: 2, count: 3)
    try add("hai-chau/mot-cua/quay-01", "2025-07-01", "2025-07-31", row: 5, count: 1)
    try add("hai-chau/mot-cua-2", "2025-07-14", "2025-07-14", row: 6, count: 12)
    try add("hai-chau/mot-cua-3", "2025-07-14", "2025-07-14", row: 8, count: 2)
    try add("hai-chau/mot-cua", "2025-07-31", "2025-08-01", row: 18, count: 1)
    try add("hai-chau/mot-cua", "2025-07-14", "2025-07-14", row: 19, count: 1)
    return report
  }

  static func manifest(files: [[UInt8]] = []) -> Binhchon_V1_PaperManifest {
    var manifest = Binhchon_V1_PaperManifest()
    (manifest.unit, manifest.firstDay, manifest.lastDay) = ("hai-chau/mot-cua", "2025-07-01", "2025-07-31")
    manifest.files = files.map { Data($0) }
    return manifest
  }

  @Test func everyPlaceOutsideIsToldOnce() throws {
    let hash = [UInt8](repeating: 0xAB, count: 32)
    let found = ManifestBreach.all(of: try Self.report(), hash: hash, against: Self.manifest(files: [[1], [2]]))
    #expect(
      found.map { $0.line(Figures(language: .en)) } == [
        "the file's SHA-256 is \(String(repeating: "ab", count: 32)): none of the manifest's files",
        "row 6, and 11 other rows: unit hai-chau/mot-cua-2, the manifest is of hai-chau/mot-cua",
        "row 8, and 1 other row: unit hai-chau/mot-cua-3, the manifest is of hai-chau/mot-cua",
        "row 18: period 2025-07-31 – 2025-08-01, the manifest is of 2025-07-01 – 2025-07-31",
      ])
    #expect(found.last?.line(Figures(language: .vi)).hasPrefix("dòng 18: kỳ ") == true)
    let json = try JSONLine.encode(ManifestBreachRecord(manifestBreach: try #require(found.last)))
    #expect(json.contains(#""manifest_breach":{"entered":"2025-07-31 – 2025-08-01","kind":"period""#))
  }

  @Test func aFileOfTheManifest() throws {
    let hash = [UInt8](repeating: 7, count: 32)
    #expect(ManifestBreach.all(of: PaperReport(), hash: hash, against: Self.manifest(files: [[1], hash])).isEmpty)
    #expect(ManifestBreach.all(of: PaperReport(), hash: hash, against: Self.manifest()).isEmpty)
  }

  /// Which of the manifest's files belong to which entry nobody says: one is missing only when all were made.
  @Test(arguments: [
    (Binhchon_V1_PaperPhase.enteringFirst, false), (.awaitingSecond, false), (.enteringSecond, false),
    (.entriesDiffer, true), (.definitive, true), (.accepted, true),
  ])
  func filesThatNoEntryHas(_ phase: Binhchon_V1_PaperPhase, _ isMissing: Bool) {
    var batch = Binhchon_V1_PaperBatch()
    batch.phase = phase
    batch.manifest = Self.manifest(files: [[1], [2]])
    var entry = Binhchon_V1_PaperEntry()
    entry.files = [Binhchon_V1_PaperFile.with { $0.hash = Data([1]) }]
    batch.entries = [entry]
    let record = PaperBatchRecord(batch)
    #expect(record.missingFiles == (isMissing ? ["02"] : []))
    #expect(record.isAsManifest == !isMissing)
    #expect(record.lines(.en).contains("  not as the manifest says: no entry has file 02") == isMissing)
    #expect(record.isAsAgreed == (!isMissing && phase != .entriesDiffer))
  }
}
