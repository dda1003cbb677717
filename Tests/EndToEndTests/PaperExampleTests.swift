import Foundation
import Testing

/// The shipped files of paper results through the programs themselves.
@Suite struct PaperExampleTests {
  private static let files = [
    "utf-8.csv", "utf-8-nfd.csv", "utf-16.tsv", "tcvn3.csv", "vni.csv", "windows-1258.csv", "ket-qua.xlsx",
  ]
  private static let importing = "--poll hai-chau-hai-long --json"

  private struct Line: Decodable {
    struct Report: Decodable, Equatable {
      var kind: String
      var rows: Int
      var acceptedRows: Int
      var votes: [String: [String: Int]]
      var errors: Int
      var warnings: Int
    }
    var report: Report?
    var phase: String?
  }

  private func lines(_ finished: Finished) throws -> [Line] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try finished.output.split(separator: "\n").map { try decoder.decode(Line.self, from: Data($0.utf8)) }
  }

  /// Every figure of July by counter, channel and day, by what it is a figure of.
  private func tally(_ site: DemoSite) async throws -> [String: [Int]] {
    let printed = try await site.shell(
      "binhchon tally --poll hai-chau-hai-long --by counter,channel,day --period 2025-07 --csv", as: "official")
    try #require(printed.status == 0, "\(printed.output)")
    let rows = printed.output.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let heading = try #require(rows.first)
    let figures = Set(["ballots", "flagged_ballots", "count"])
    var tally: [String: [Int]] = [:]
    for row in rows.dropFirst() {
      let named = Array(zip(heading, row))
      let what = named.filter { !figures.contains($0.0) && $0.0 != "revision" }.map(\.1).joined(separator: " ")
      #expect(tally[what] == nil)
      tally[what] = try named.filter { figures.contains($0.0) }.map { try #require(Int($0.1)) }
    }
    return tally
  }

  /// Each as a dry run, then two and two as the entries of a batch: no file is counted in two of them.
  @Test(.timeLimit(.minutes(3)))
  func sixEncodingsAndAWorkbookCountTheSame() async throws {
    let site = try await DemoSite()
    var reports: [Line.Report] = []
    for file in Self.files {
      let dry = try await site.shell("binhchon import examples/paper/\(file) --dry-run \(Self.importing)", as: "clerk")
      #expect(dry.status == 0, "\(file): \(dry.output)")
      reports += try lines(dry).compactMap(\.report)
    }
    let report = try #require(reports.first)
    #expect(report.rows == 24 && report.acceptedRows == 24 && report.errors == 0 && report.warnings == 0)
    #expect(report.votes["hai-long"]?.values.reduce(0, +) == 3_832)
    #expect(reports == Array(repeating: report, count: Self.files.count))
    #expect(try await tally(site).values.allSatisfy { $0.allSatisfy { $0 == 0 } })

    var one: [String: [Int]] = [:]
    let copy = "\(site.directory.path)/utf-8.csv"
    try Data(contentsOf: URL(fileURLWithPath: "\(DemoSite.root)/examples/paper/utf-8.csv")).dropFirst(3)
      .write(to: URL(fileURLWithPath: copy))
    let paths = Self.files.map { "examples/paper/\($0)" } + (Self.files.count.isMultiple(of: 2) ? [] : [copy])
    for (index, place) in stride(from: 0, to: paths.count, by: 2).enumerated() {
      let (file, other) = (paths[place], paths[place + 1])
      let batch = "lo-\(index + 1)"
      let first = try await site.shell(
        "binhchon import \(file) --batch \(batch) --manifest examples/paper/manifest.yaml "
          + Self.importing, as: "clerk")
      #expect(first.status == 0, "\(file): \(first.output)")
      let second = try await site.shell(
        "binhchon import \(other) --batch \(batch) \(Self.importing)", as: "second-clerk")
      #expect(second.status == 0, "\(other): \(second.output)")
      #expect(try lines(second).last?.phase == "definitive")
      let accepted = try await site.shell("binhchon paper accept \(batch) \(Self.importing)", as: "coordinator")
      #expect(accepted.status == 0, "\(accepted.output)")
      let counted = try await tally(site)
      if index == 0 {
        one = counted
        // Of T-01: all of its questionnaires, and who was very satisfied.
        #expect(one.values.contains([2_646, 0, 1_927]))
      }
      #expect(counted == one.mapValues { $0.map { $0 * (index + 1) } }, "\(file)")
    }
    let recounts = try await site.recounts()
    #expect(recounts.ours == recounts.python)
    #expect(await site.server.stop() == 0)
  }

  /// The commands about paper in the README's table, one row after the other, in the order in which they stand.
  @Test(.timeLimit(.minutes(2)))
  func theREADMEsCommandsRunAsPrinted() async throws {
    let readme = try String(contentsOfFile: "\(DemoSite.root)/README.md", encoding: .utf8)
    let commands = readme.split(separator: "\n").filter { $0.hasPrefix("| ") }
      .flatMap {
        $0.split(separator: "`").filter { $0.hasPrefix("binhchon import ") || $0.hasPrefix("binhchon paper ") }
      }
      .map(String.init)
    #expect(commands.count == 9, "\(commands)")
    let site = try await DemoSite()
    var phases: [String] = []
    for command in commands {
      let finished = try await site.shell("\(command) --json")
      // The second clerk's file differs from the first one's: that is a no, and no failure.
      #expect(finished.status == (command.contains("lan-hai.csv") ? 1 : 0), "\(command): \(finished.output)")
      phases += try lines(finished).compactMap(\.phase)
    }
    #expect(
      phases == ["awaiting-second", "entries-differ", "definitive", "accepted", "reversal-proposed", "reversed"])
  }
}
