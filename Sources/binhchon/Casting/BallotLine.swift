import Foundation

/// One line of a file of ballots: a choice code, or a JSON object.
struct BallotLine: Equatable, Sendable {
  var sheet: AnswerSheet
  var unit: String?
  var channel: String?
  var dossier: String?
  var ballotID: String?

  /// Nil for an empty line.
  static func parse(_ text: String) throws(ClientError) -> BallotLine? {
    let trimmed = text.trimmingCharacters(in: .whitespaces)
    if trimmed.isEmpty { return nil }
    guard trimmed.hasPrefix("{") else { return BallotLine(sheet: AnswerSheet(choice: trimmed)) }
    do {
      return BallotLine(try JSONDecoder().decode(JSONBallot.self, from: Data(trimmed.utf8)))
    } catch let error as DecodingError {
      throw ClientError(
        .badData, Text(vi: "dòng JSON không đọc được", en: "the JSON line cannot be read"),
        why: Text(verbatim: error.problem),
        next: Text(
          vi: #"viết {"choice":"HL"} hoặc {"answers":{"hai-long":["HL"]}}"#,
          en: #"write {"choice":"HL"} or {"answers":{"hai-long":["HL"]}}"#), reason: "INVALID_FIELD")
    } catch {
      throw ClientError(
        .badData, Text(vi: "dòng JSON không đọc được", en: "the JSON line cannot be read"),
        why: Text(verbatim: error.localizedDescription), reason: "INVALID_FIELD")
    }
  }

  private init(sheet: AnswerSheet) {
    self.sheet = sheet
  }

  private init(_ json: JSONBallot) {
    sheet = json.sheet
    unit = json.unit
    channel = json.channel
    dossier = json.dossier
    ballotID = json.ballotID
  }
}

private struct JSONBallot: Decodable {
  struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  var sheet: AnswerSheet
  var unit: String?
  var channel: String?
  var dossier: String?
  var ballotID: String?

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    let known: Set = ["choice", "answers", "unit", "channel", "dossier", "ballot_id"]
    if let unknown = fields.allKeys.first(where: { !known.contains($0.stringValue) }) {
      throw DecodingError.dataCorruptedError(
        forKey: unknown, in: fields, debugDescription: "unknown key \(unknown.stringValue)")
    }
    func text(_ name: String) throws -> String? {
      try fields.decodeIfPresent(String.self, forKey: Key(stringValue: name))
    }
    let answers = try fields.decodeIfPresent([String: [String]].self, forKey: Key(stringValue: "answers"))
    switch (try text("choice"), answers) {
    case (let choice?, nil): sheet = AnswerSheet(choice: choice)
    case (nil, let answers?):
      sheet = AnswerSheet(entries: answers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    default:
      throw DecodingError.dataCorrupted(
        .init(codingPath: [], debugDescription: "needs either choice or answers"))
    }
    unit = try text("unit")
    channel = try text("channel")
    dossier = try text("dossier")
    ballotID = try text("ballot_id")
  }
}

extension DecodingError {
  fileprivate var problem: String {
    switch self {
    case .dataCorrupted(let context), .valueNotFound(_, let context), .keyNotFound(_, let context):
      context.debugDescription
    case .typeMismatch(_, let context):
      context.codingPath.map(\.stringValue).joined(separator: ".") + ": " + context.debugDescription
    @unknown default: "\(self)"
    }
  }
}
