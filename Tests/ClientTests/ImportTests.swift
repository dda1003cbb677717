import Foundation
import Polling
import Testing

@testable import Paper
@testable import binhchon

@Suite struct ImportTests {
  @Test(arguments: [(0, "A"), (25, "Z"), (26, "AA"), (27, "AB"), (255, "IV"), (701, "ZZ"), (702, "AAA")])
  func columnsAreNamedAsInSpreadsheets(_ column: Int, _ letters: String) {
    #expect(Finding.letters(column) == letters)
  }

  @Test func theServersPollIsTheOneThatWasPublished() throws {
    let file = try PollFile.read(PollExample.haiChau, file: "example")
    var read = try Polling.Poll(try Samples.poll())
    #expect(read.version == 1)
    read.version = file.version
    // Policies say nothing about paper.
    read.policy = file.policy
    #expect(read == file)
  }

  @Test func lines() {
    let finding = Finding(.unknownUnit, row: 4, column: 1, value: "Quầy 99")
    #expect(finding.line(.vi) == "dòng 4, cột B: “Quầy 99”")
    #expect(Finding(.sumDiffers, row: 9, value: "5 + 1 + 0", detail: "7").line(.en) == "row 9: “5 + 1 + 0” (7)")
    #expect(Finding(.otherSheets, detail: "Trang 2").line(.en) == "Trang 2")
    #expect(Finding(.noRows).line(.en) == "")
  }

  @Test func aCheckDoesNotSeemToCompareWithAManifest() throws {
    let checking = ["a.csv", "--poll", "p", "--dry-run"]
    _ = try Import.parse(checking)
    let error = try #require(throws: (any Error).self) { try Import.parse(checking + ["--manifest", "m.yaml"]) }
    #expect(Import.exitCode(for: error).rawValue == 64)
  }

  @Test func records() throws {
    let finding = Finding(.unknownUnit, row: 4, column: 1, value: "Quầy 99")
    let json = try JSONLine.encode(FindingRecord(finding, .en))
    #expect(json.contains("\"code\":\"E205\"") && json.contains("\"column\":2") && json.contains("\"blocks\":true"))
  }

  /// Checks `text` as the command does, and returns what it wrote for mending.
  private func rejects(_ text: String) throws -> (report: PaperReport, file: String?) {
    let directory = FileManager.default.temporaryDirectory.appending(path: "import-\(UUID())")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let (source, target) = (directory.appending(path: "a.csv"), directory.appending(path: "b.csv"))
    try Data(text.utf8).write(to: source)
    let writer = try RejectsWriter(target.path)
    var events = PaperCheck.Events()
    events.began = { writer.begin($0, .vi) }
    events.rejected = { try writer.add($0) }
    let poll = try Polling.Poll(try Samples.poll())
    let report = try PaperCheck(poll: poll, today: Day(number: 20_500)).run(source.path, events)
    try writer.finish()
    guard FileManager.default.fileExists(atPath: target.path) else { return (report, nil) }
    #expect(throws: ClientError.self) { try RejectsWriter(target.path) }
    return (report, try String(contentsOf: target, encoding: .utf8))
  }

  @Test func rowsToMendAreWritten() throws {
    let heading = "Đơn vị,Ngày,Mức,Số phiếu\n"
    let bad = try rejects(heading + "Quầy 01,14/7/2025,HL,5\nQuầy 99,14/7/2025,HL,5\n")
    #expect(bad.report.rejectedRows == 1)
    #expect(bad.file?.components(separatedBy: "\r\n").count == 3)
    #expect(bad.file?.contains("Quầy 99,14/7/2025,HL,5,E205,") == true)
    #expect(try rejects(heading + "Quầy 01,14/7/2025,HL,5\n").file == nil)
  }

  @Test func whichDayAPeriodCountsOnIsSaid() throws {
    let heading = "Đơn vị,Kỳ,Mức,Số phiếu\n"
    let report = try rejects(heading + "Quầy 01,tháng 7/2025,HL,5\nQuầy 01,14/7/2025,HL,5\nQuầy 01,2025,BT,5\n").report
    let console = Console(
      language: .en, json: false, verbosity: 0, style: .plain, errorStyle: .plain, outputIsTerminal: false,
      errorIsTerminal: false)
    let talk = ImportTalk(console: console, poll: try Polling.Poll(try Samples.poll()))
    let lines = talk.sums(report).map { $0.rendered(.plain, columns: .max) }
    #expect(lines.contains("2 rows of a period of several days: counted on its last day"), "\(lines)")
    let record = ImportRecord(report, file: "a.csv", poll: "p", pollVersion: 1, isDryRun: true)
    #expect(try JSONLine.encode(record).contains(#""rows_of_several_days":2"#))
    func said(_ rows: String) throws -> [String] {
      talk.sums(try rejects(heading + rows).report).map { $0.rendered(.plain, columns: .max) }
    }
    let one = try said("Quầy 01,tháng 7/2025,HL,5\n")
    #expect(one.contains("1 row of a period of several days: counted on its last day"), "\(one)")
    #expect(one.contains("1 row: 1 fine, 0 to mend"), "\(one)")
    #expect(try said("Quầy 99,14/7/2025,HL,5\n").contains("1 error: it cannot be imported"))
    let oneDay = try rejects(heading + "Quầy 01,14/7/2025,HL,5\n").report
    #expect(!talk.sums(oneDay).contains { $0.rendered(.plain, columns: .max).contains("several") })
  }

  @Test func halfOfThemIsTakenBack() throws {
    struct Stop: Error {}
    let directory = FileManager.default.temporaryDirectory.appending(path: "import-\(UUID())")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let (source, target) = (directory.appending(path: "a.csv"), directory.appending(path: "b.csv"))
    try Data("Đơn vị,Ngày,Mức,Số phiếu\nQuầy 99,14/7/2025,HL,5\n".utf8).write(to: source)
    let poll = try Polling.Poll(try Samples.poll())
    func interrupted() throws {
      let writer = try RejectsWriter(target.path)
      var events = PaperCheck.Events()
      events.began = { writer.begin($0, .vi) }
      events.rejected = {
        try writer.add($0)
        #expect(FileManager.default.fileExists(atPath: target.path))
        throw Stop()
      }
      _ = try PaperCheck(poll: poll, today: Day(number: 20_500)).run(source.path, events)
    }
    #expect(throws: Stop.self) { try interrupted() }
    #expect(!FileManager.default.fileExists(atPath: target.path))
  }
}
