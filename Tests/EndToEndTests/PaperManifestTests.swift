import Foundation
import Testing

/// What `binhchon import` says, and with which exit status, of files that are not what the manifest says.
@Suite struct PaperManifestTests {
  private struct Desk {
    let site: DemoSite

    func manifest(_ name: String, unit: String = "hai-chau", questionnaires: Int, more: String = "") throws -> String {
      let text = "unit: \(unit)\nfrom: 2025-07-01\nto: 2025-07-31\nquestionnaires: \(questionnaires)\n\(more)"
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(site.directory.path)/\(name)"))
      return name
    }

    func enter(_ file: String, _ batch: String, _ options: String, as person: String = "clerk") async throws -> Finished
    {
      try await site.shell(
        "binhchon import \(file) --poll \(Ballots.poll) --batch \(batch) --accept-warnings --lang en \(options)",
        as: person)
    }
  }

  @Test(.timeLimit(.minutes(2)))
  func differencesAreToldAndTheExitStatusIsOne() async throws {
    let desk = Desk(site: try await DemoSite())
    let file = "examples/paper/utf-8.csv"
    // Three sheets and one: files of one batch add up to the manifest, or do not.
    let split = try await desk.site.shell("(head -n 19 \(file)) >a.csv; (head -n 1 \(file); tail -n 6 \(file)) >b.csv")
    #expect(split.status == 0)

    // Totals: the entry is made, and says where it differs.
    let controls = "controls:\n  - {question: hai-long, choice: RHL, count: 2535}\n"
    let totals = try desk.manifest("totals.yaml", questionnaires: 3_833, more: controls)
    let first = try await desk.enter("a.csv", "totals", "--manifest \(totals) --more")
    #expect(first.status == 0 && !first.output.contains("not as"), "\(first.output)")
    let closed = try await desk.enter("b.csv", "totals", "")
    #expect(closed.status == 1, "\(closed.output)")
    for line in [
      "  not as the manifest says: questionnaires: entered 3832, manifest 3833",
      "  not as the manifest says: hai-long RHL: entered 2534, manifest 2535",
    ] { #expect(closed.output.contains(line), "\(closed.output)") }
    #expect(closed.output.contains("binhchon paper reset"), "\(closed.output)")
    // The same once more, for a program.
    let again = try await desk.enter("b.csv", "totals", "--json")
    #expect(again.status == 1 && again.output.contains(#""entered":3832,"manifest":3833"#), "\(again.output)")
    // Nothing more can come: that more files were announced hides nothing.
    let more = try await desk.enter("b.csv", "totals", "--more")
    #expect(more.status == 1 && more.output.contains("binhchon paper reset"), "\(more.output)")
    // It is what the manifest says once that was corrected.
    _ = try desk.manifest(
      "right.yaml", questionnaires: 3_832, more: controls.replacingOccurrences(of: "2535", with: "2534"))
    let put = try await desk.site.shell(
      "binhchon paper manifest totals right.yaml --poll \(Ballots.poll) --why 'counted again'", as: "coordinator")
    #expect(put.status == 0, "\(put.output)")
    #expect(try await desk.enter("b.csv", "totals", "").status == 0)

    // The second clerk dates a sheet behind the batch's month: nothing of it is entered.
    let dated = try await desk.site.shell("sed 's#14/07/2025#04/08/2025#' \(file) >c.csv")
    #expect(dated.status == 0)
    let second = try await desk.enter("c.csv", "totals", "", as: "second-clerk")
    #expect(
      second.status == 1
        && second.output.contains("row 2, and 5 other rows: period 2025-08-04, the manifest is of 2025-07-01 – "),
      "\(second.output)")
    let waiting = try await desk.site.shell(
      "binhchon paper show totals --poll \(Ballots.poll) --json", as: "coordinator")
    #expect(waiting.output.contains(#""phase":"awaiting-second""#), "\(waiting.output)")

    // Without its year a day is of the batch's.
    let yearless = try await desk.site.shell("sed 's#14/07/2025#14/7#' \(file) >d.csv")
    #expect(yearless.status == 0)
    let third = try await desk.enter("d.csv", "totals", "", as: "second-clerk")
    #expect(third.status == 0 && third.output.contains("“14/7” (2025-07-14)"), "\(third.output)")
    #expect(third.output.contains("totals: definitive, awaits acceptance"), "\(third.output)")

    // Units, days and files: nothing is entered, and no batch begun.
    let counter = try desk.manifest("unit.yaml", unit: "hai-chau/mot-cua/quay-01", questionnaires: 3_832)
    let unit = try await desk.enter(file, "unit", "--manifest \(counter)")
    #expect(unit.status == 1 && unit.output.contains("[NOT_AS_MANIFEST]"), "\(unit.output)")
    #expect(
      unit.output.contains("row 8, and 5 other rows: unit hai-chau/mot-cua/quay-02, the manifest is of "),
      "\(unit.output)")
    let files = try desk.manifest(
      "files.yaml", questionnaires: 3_832, more: "files: [\(String(repeating: "ab", count: 32))]\n")
    let other = try await desk.enter(file, "files", "--manifest \(files) --json")
    #expect(other.status == 1 && other.output.contains(#""manifest_breach":{"entered":""#), "\(other.output)")
    for batch in ["unit", "files"] {
      let shown = try await desk.site.shell("binhchon paper show \(batch) --poll \(Ballots.poll)", as: "coordinator")
      #expect(shown.status == 65 && shown.output.contains("[UNKNOWN_BATCH]"), "\(shown.output)")
    }
    #expect(await desk.site.server.stop() == 0)
  }
}
