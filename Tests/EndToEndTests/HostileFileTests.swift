import Foundation
import Testing

/// Files that no office sends (Tests/HostileFiles/make.py), through the client as it is: told by their code, in memory
/// that has nothing to do with how large they make themselves.
@Suite struct HostileFileTests {
  private struct Hostile {
    /// What is typed behind `binhchon import`; a pipe stands before it.
    var file: String
    var pipe = ""
    var codes: Set<String>
    /// MiB above what a file of nothing takes.
    var memory = 24
  }

  private static let gigabytes = "head -c 2147483648 /dev/zero"
  private static let files = [
    Hostile(file: "-", pipe: "\(gigabytes) | tr '\\0' a |", codes: ["E110"]),
    Hostile(file: "-", pipe: "{ printf '\"'; \(gigabytes) | tr '\\0' '\\n'; } |", codes: ["E110"]),
    Hostile(file: "-", pipe: "\(gigabytes) | tr '\\0' , |", codes: ["E112"]),
    Hostile(file: "-", pipe: "\(gigabytes) |", codes: ["E109"]),
    Hostile(file: "hostile/nuls.csv", codes: ["E109"]),
    Hostile(file: "hostile/nul.csv", codes: ["E109"]),
    Hostile(file: "hostile/columns.csv", codes: ["E112"]),
    Hostile(file: "hostile/bomb.xlsx", codes: ["E107"]),
    Hostile(file: "hostile/tag.xlsx", codes: ["E106"]),
    Hostile(file: "hostile/row.xlsx", codes: ["E112"]),
    // Texts are kept until they are too many: 64 MiB, and room to grow.
    Hostile(file: "hostile/texts.xlsx", codes: ["E107"], memory: 160),
    Hostile(file: "hostile/entity.xlsx", codes: ["E108"]),
    Hostile(file: "hostile/laughs.xlsx", codes: ["E108"]),
    Hostile(file: "hostile/formulas.xlsx", codes: ["E230", "E231", "W320"]),
  ]

  private struct Line: Decodable {
    struct Report: Decodable {
      var codes: [String: Int]
    }
    var report: Report?
  }

  /// The codes that were told, and the most memory that was in use, in MiB.
  private func check(_ file: String, _ pipe: String, _ site: DemoSite) async throws -> (
    status: Int32, codes: Set<String>, peak: Int
  ) {
    let measured = try await site.shell(
      """
      \(pipe) /usr/bin/python3 -c '
      import resource, subprocess, sys
      status = subprocess.call(sys.argv[1:])
      print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
      sys.exit(status)' binhchon import \(file) --poll hai-chau-hai-long --dry-run --json; exit ${PIPESTATUS[-1]}
      """, as: "clerk")
    let lines = measured.output.split(separator: "\n")
    let reports = lines.compactMap { try? JSONDecoder().decode(Line.self, from: Data($0.utf8)).report }
    let report = try #require(reports.last, "\(measured.output)")
    // Who feeds the pipe may say that it broke, last of all.
    return (measured.status, Set(report.codes.keys), try #require(lines.compactMap { Int($0) }.last))
  }

  @Test(.timeLimit(.minutes(3)))
  func hostileFilesAreNamedInBoundedMemory() async throws {
    let site = try await DemoSite()
    let hostile = "\(site.directory.path)/hostile"
    try FileManager.default.createDirectory(atPath: hostile, withIntermediateDirectories: true)
    let made = try await run("/usr/bin/python3", ["\(DemoSite.root)/Tests/HostileFiles/make.py", hostile])
    try #require(made.status == 0, "\(made.errors)")
    let calm = try await check("examples/paper/ket-qua.xlsx", "", site)
    #expect(calm.status == 0 && calm.codes.isEmpty)
    var most = 0
    for each in Self.files {
      let seen = try await check(each.file, each.pipe, site)
      #expect(seen.status == 65, "\(each)")
      #expect(seen.codes == each.codes, "\(each)")
      #expect(seen.peak <= calm.peak + each.memory, "\(each): \(seen.peak) MiB, \(calm.peak) MiB without")
      most = max(most, seen.peak - calm.peak)
    }
    print("\(Self.files.count) hostile files: at most \(most) MiB more than the \(calm.peak) MiB of a small one")
    #expect(await site.server.stop() == 0)
  }
}
