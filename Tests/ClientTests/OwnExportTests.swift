import Foundation
import Polling
import Schema
import Testing

@testable import Paper
@testable import binhchon

/// What our own commands write, from their own writers, is no paper and is named.
@Suite struct OwnExportTests {
  private static func findings(_ text: String) throws -> [String] {
    let path = FileManager.default.temporaryDirectory.appending(path: "own-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(text.utf8).write(to: URL(filePath: path))
    let report = try PaperCheck(poll: try Polling.Poll(try Samples.poll()), today: Day(number: 20_500)).run(path)
    #expect(report.acceptedRows == 0 && report.errors > 0)
    return report.findings.values.flatMap(\.first).map { "\($0.code.rawValue) \($0.detail)" }
  }

  private static func report() throws -> ReportRecord {
    let poll = try Polling.Poll(try Samples.poll())
    let document = ReportDocument(
      form: .summary, title: Text(verbatim: ""), facts: [], sections: [],
      figures: [])
    let row = Binhchon_V1_FigureRow()
    let input = ReportInput(
      poll: poll, unit: poll.unit, period: nil, revision: 7, epoch: "e", publication: nil, total: row, channels: [],
      units: [row], counters: [], course: [], before: nil)
    return ReportRecord(document, of: input, [])
  }

  private static func cast() -> ExportedRecord {
    var cast = Binhchon_V1_CastRecord()
    (cast.sequence, cast.unit, cast.day) = (9, "hai-chau/mot-cua", "2025-07-14")
    cast.answers = [
      .with {
        $0.question = "hai-long"
        $0.choices = ["HL"]
      }
    ]
    return ExportedRecord(cast, of: "hai-chau-hai-long")
  }

  @Test func everyExport() throws {
    let tally = TallyRecord(Samples.tally(), of: try Samples.poll())
    let slices = SliceRecord.csv(
      Binhchon_V1_GetFiguresResponse(), try ["unit", "channel"].map { try #require(SliceWord(argument: $0)) })
    let texts = [
      ("binhchon tally", [TallyRecord.csvHeader + tally.csv, slices]), ("binhchon report", [try Self.report().csv]),
      ("binhchon export", [ExportedRecord.csvHeader + Self.cast().csv]),
    ]
    for (command, texts) in texts {
      for text in texts {
        #expect(try Self.findings(text) == ["E105 \(command)"])
        // As a spreadsheet saves it, and below a title.
        let saved = "\u{FEFF}Kết quả;\r\n" + text.replacingOccurrences(of: ",", with: ";")
        #expect(try Self.findings(saved) == ["E105 \(command)"])
      }
    }
    for (command, text) in [
      ("binhchon tally", try JSONLine.encode(tally)), ("binhchon report", try JSONLine.encode(try Self.report())),
      ("binhchon export", try JSONLine.encode(Self.cast())),
    ] { #expect(try Self.findings(text + "\n" + text + "\n") == ["E105 \(command)"]) }
  }

  /// Files of others with a column or a key of the same name.
  @Test func othersAreNot() throws {
    #expect(try Self.findings("poll,unit,revision\na,b,c\n").first?.hasPrefix("E115") == true)
    #expect(try Self.findings(#"{"poll":"a","count":5}"# + "\n") == ["E102 JSON"])
  }
}
