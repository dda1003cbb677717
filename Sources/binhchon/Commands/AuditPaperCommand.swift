import ArgumentParser
import Foundation
internal import Schema

struct AuditPaper: ClientCommand {
  static let configuration = CommandConfiguration.command(
    "audit",
    Text(
      vi: "Rút ngẫu nhiên một số tờ, đối chiếu với số đã nhập.",
      en: "Draw sheets at random and hold them against what was entered."),
    examples: [
      (
        "binhchon paper audit t8 --poll hai-chau-hai-long --sheets 30 --seed 20237331128159211123",
        Text(
          vi: "rút 30 tờ; hạt giống gieo bằng xúc xắc trước mọi người", en: "draws 30; the seed was rolled in public")
      ),
      (
        "binhchon paper audit t8 --poll hai-chau-hai-long --record 17=match --record 23=mismatch --why 'HL 12, không phải 21'",
        Text(vi: "ghi kết quả đối chiếu", en: "records what was found")
      ),
      (
        "binhchon paper audit t8 --poll hai-chau-hai-long --record ket-qua.txt",
        Text(
          vi: "từ một tệp, mỗi dòng TỜ=match hoặc TỜ=mismatch",
          en: "from a file with a line SHEET=match or SHEET=mismatch each")
      ),
      (
        "binhchon paper audit t8 --poll hai-chau-hai-long",
        Text(vi: "các tờ đã rút, và kết luận", en: "the sheets drawn, and what follows")
      ),
    ],
    notes: Text(
      vi: """
        Với k = 1, 2, 3 … rút tờ 1 + SHA-256("HẠT-GIỐNG,k") mod số tờ, bỏ tờ đã rút (Rivest, Stark): ai cũng kiểm tra
        lại được. Số tờ sai nhiều nhất: cận trên siêu bội chính xác, tin cậy 95 %, tờ chưa xem coi như sai; mức lệch nhiều
        nhất của chỉ số: ngần ấy tờ lớn nhất sai hết, cùng một chiều. Đã ghi kết quả thì không rút thêm, trừ khi rút hết.
        """,
      en: """
        For k = 1, 2, 3 … sheet 1 + SHA-256("SEED,k") mod sheets is drawn, passing over those drawn before (Rivest,
        Stark): whoever wants to can check. How many sheets are wrong at most: the exact hypergeometric bound with 95%
        confidence, those not looked at as if wrong; how far off the index is at most: so many of the largest sheets all
        wrong, in one direction. Once something was recorded no more are drawn, unless all are.
        """))

  @OptionGroup var options: GlobalOptions
  @OptionGroup var place: BatchOptions

  @Option(
    help: .text(vi: "Rút bao nhiêu tờ, tính cả tờ rút trước.", en: "How many sheets, those drawn before included."))
  var sheets: UInt64?

  @Option(help: .text(vi: "Hạt giống: ký tự ASCII, không dấu cách.", en: "The seed: ASCII characters without spaces."))
  var seed: String?

  @Option(
    help: .text(
      vi: "TỜ=match, TỜ=mismatch, hoặc tệp có các dòng ấy; lặp lại được.",
      en: "SHEET=match, SHEET=mismatch, or a file of such lines; may be repeated.", value: "finding"))
  var record: [String] = []

  @Option(help: .text(vi: "Ghi chú; cần khi đổi kết quả của một tờ.", en: "A note; needed to change what was found."))
  var why: String = ""

  func validate() throws {
    guard (sheets == nil) == (seed == nil), sheets == nil || record.isEmpty else {
      throw ValidationError(
        Text(vi: "cần --sheets cùng --seed, hoặc --record.", en: "--sheets with --seed, or --record.")(.ambient))
    }
  }

  func run(_ context: CommandContext) async throws -> SysExit {
    let act = try act()
    let console = context.console
    return try await context.withPaper(poll: place.poll) { client in
      let batch: Binhchon_V1_PaperBatch
      if let act {
        batch = try await client.enter(act, in: place.batch)
      } else {
        batch = try await client.known(place.batch)
      }
      guard batch.hasAudit else {
        console.say(Text(vi: "chưa rút tờ nào", en: "no sheets were drawn yet"))
        return .negative
      }
      let audit = PaperAuditRecord(batch.audit)
      try console.tell(audit)
      if !record.isEmpty { return .ok }
      var sheets = DrawnSheets(audit, of: place.batch)
      try await client.eachPage(of: place.batch) { try sheets.take($0) { try console.tell($0) } }
      try sheets.finish { try console.tell($0) }
      return .ok
    }
  }

  /// Nil: nothing is entered.
  private func act() throws -> Binhchon_V1_EnterPaperActRequest.OneOf_Act? {
    if let sheets, let seed {
      var draw = Binhchon_V1_PaperDraw()
      (draw.sheets, draw.seed) = (sheets, seed)
      return .draw(draw)
    }
    if record.isEmpty { return nil }
    var found = Binhchon_V1_PaperFindings()
    found.why = why
    for text in record {
      found.findings += text.contains("=") ? [try Self.finding(text, text)] : try Self.findings(inFile: text)
    }
    return .record(found)
  }

  private static func findings(inFile path: String) throws -> [Binhchon_V1_PaperFinding] {
    try readText(path).split(whereSeparator: \.isNewline).enumerated().compactMap { number, line in
      let text = line.trimmingCharacters(in: .whitespaces)
      return text.isEmpty || text.hasPrefix("#") ? nil : try finding(text, "\(path):\(number + 1): \(text)")
    }
  }

  private static func finding(_ text: String, _ shown: String) throws -> Binhchon_V1_PaperFinding {
    let parts = text.split(separator: "=", omittingEmptySubsequences: false)
    let verdicts: [String: Binhchon_V1_PaperVerdict] = ["match": .match, "mismatch": .mismatch]
    guard parts.count == 2, let sheet = UInt64(parts[0]), let verdict = verdicts[String(parts[1])] else {
      throw ClientError(
        .usage,
        Text(
          vi: "“\(shown)” không phải TỜ=match hay TỜ=mismatch", en: "“\(shown)” is not SHEET=match or SHEET=mismatch"))
    }
    var finding = Binhchon_V1_PaperFinding()
    (finding.sheet, finding.verdict) = (sheet, verdict)
    return finding
  }
}
