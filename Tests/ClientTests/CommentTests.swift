import Foundation
import Polling
import Schema
import Testing

@testable import binhchon

/// Free text in definitions, and what is sent of what somebody wrote.
@Suite struct CommentTests {
  private static let yaml = """
    id: p
    title: {vi: P}
    unit: u
    units: [{path: u, name: {vi: U}}]
    questions:
      - {id: muc-do, kind: indicator, text: {vi: Q}, choices: [
          {code: "0", label: {vi: a}}, {code: "1", label: {vi: b}}, {code: "2", label: {vi: c}}]}
      - id: y-kien
        kind: text
        text: {vi: Ông/Bà góp ý gì thêm?, km: ក}
      - {id: ten, kind: text, text: {vi: "Còn gì nữa?"}, most-bytes: 20}
      - {id: vi-sao, kind: text, text: {vi: "Vì sao?"}, asked-if: {question: muc-do, choices: ["0", "1"]}}

    """

  private static func factory() throws -> BallotFactory {
    var poll = Binhchon_V1_Poll(try PollFile.read(yaml, file: "f"))
    poll.version = 3
    return BallotFactory(poll: poll, unit: "u", channel: .counter)
  }

  @Test func aDefinitionIsReadAndWrittenBack() throws {
    let poll = try PollFile.read(Self.yaml, file: "f")
    #expect(poll.questions.map(\.id) == ["muc-do"])
    #expect(poll.texts.map(\.id) == ["y-kien", "ten", "vi-sao"])
    #expect(poll.texts.map(\.mostBytes) == [1_000, 20, 1_000])
    #expect(poll.texts.map(\.askedIf) == [nil, nil, Condition(question: "muc-do", choices: ["0", "1"])])
    #expect(poll.texts[0].text.text(in: "km") == "ក")
    let shown = try PollFile.read(PollWriter.yaml(Binhchon_V1_Poll(poll)), file: "shown")
    #expect(shown == poll && shown.definitionHash == poll.definitionHash)
    #expect(try Polling.Poll(Binhchon_V1_Poll(poll)).definitionHash == poll.definitionHash)
    #expect(PollRecord(Binhchon_V1_Poll(poll)).texts?.map(\.id) == ["y-kien", "ten", "vi-sao"])
    #expect(PollRecord(Binhchon_V1_Poll(poll)).texts?[2].askedIf?.choices == ["0", "1"])
    var always = poll
    always.texts[2].askedIf = nil
    #expect(PollDifference(from: poll, to: always).lines(.en).last == "  free text")
    var without = poll
    without.texts = []
    #expect(PollDifference(from: without, to: poll).lines(.en).last == "  free text")
  }

  @Test(
    arguments: [
      ("most-bytes: 20", "most-bytes: 4001", "f:11:66: texts[1].most_bytes must be 1 to 4000"),
      ("id: ten", "id: muc-do", "f:11:10: texts[1].id is there twice"),
      ("id: ten, kind: text", "id: ten, kind: single", "a question with choices must stand before"),
      ("most-bytes: 20", "choices: []", "unknown key “choices”"),
      ("[\"0\", \"1\"]", "[\"0\", \"3\"]", "texts[2].asked_if.choices[1] is no choice of that question"),
      ("question: muc-do", "question: ten", "texts[2].asked_if.question is answered in one's own words"),
    ])
  func mistakesAreToldWithTheirPlace(_ old: String, _ new: String, _ expected: String) throws {
    #expect {
      try PollFile.read(Self.yaml.replacing(old, with: new), file: "f")
    } throws: { error in
      (error as? ClientError)?.why?(.en).contains(expected) == true
    }
  }

  @Test func aRemarkNamesNoBallot() throws {
    let factory = try Self.factory()
    let (first, second) = (
      try Remark("Tốt", answering: nil, of: factory, after: []).request,
      try Remark("Tốt", answering: "ten", of: factory, after: []).request
    )
    #expect((first.poll, first.pollVersion, first.question, first.unit) == ("p", 3, "y-kien", "u"))
    #expect(second.question == "ten" && first.text == "Tốt" && first.commentID != second.commentID)
    #expect(throws: Never.self) { try CommentID(bytes: first.commentID) }
    for (text, question) in [("", nil), ("a", "muc-do"), (String(repeating: "a", count: 21), "ten")] {
      #expect(throws: ClientError.self) { try Remark(text, answering: question, of: factory, after: []) }
    }
    let plain = BallotFactory(poll: try Samples.poll(), unit: "u", channel: .counter)
    #expect(throws: ClientError.self) { try Remark("a", answering: nil, of: plain, after: []) }
  }

  /// Who asks knows the answers, and nobody after: what was not asked is not sent.
  @Test(arguments: [("0", true), ("1", true), ("2", false), (nil, false)])
  func aRemarkAnswersWhatWasAsked(_ level: String?, isAsked: Bool) throws {
    var factory = try Self.factory()
    let answers: [Binhchon_V1_Answer] =
      level.map { level in
        [.with { ($0.question, $0.choices) = ("muc-do", [level]) }]
      } ?? []
    func question(_ name: String?) -> String? {
      try? Remark("Tốt", answering: name, of: factory, after: answers).request.question
    }
    #expect(question("vi-sao") == (isAsked ? "vi-sao" : nil))
    #expect(question("y-kien") == "y-kien")
    // The first that is asked.
    factory.poll.texts.removeFirst(2)
    #expect(question(nil) == (isAsked ? "vi-sao" : nil))
    factory.poll.texts.append(.with { ($0.id, $0.mostBytes) = ("sau", 10) })
    #expect(question(nil) == (isAsked ? "vi-sao" : "sau"))
  }

  @Test func commentsForPeopleObeyNothingThatIsInThem() {
    var table = CommentTable(.vi)
    table.add(
      .with {
        $0.commentID = Data(CommentID(random: (0, 0)).bytes)
        ($0.unit, $0.question, $0.day, $0.text) = ("u", "y-kien", "2025-06-30", "Tốt\n\u{1B}[2Jlắm")
      })
    #expect(table.lines.count == 2)
    #expect(table.lines[1].hasPrefix("30/06/2025  u       y-kien   00000000-0000-4000-8000-000000000000  Tốt"))
    #expect(!table.lines[1].unicodeScalars.contains { $0.properties.generalCategory == .control })
  }
}
