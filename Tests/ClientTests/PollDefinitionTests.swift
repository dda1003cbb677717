import Foundation
import Polling
import Schema
import Testing

@testable import binhchon

/// Definitions as files: the shipped survey, what `diff` says, and that an export is the definition it came from.
@Suite struct PollDefinitionTests {
  private static func survey() throws -> Polling.Poll {
    let file = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../examples/mot-cua.yaml").standardized
    return try PollFile.read(try String(contentsOf: file, encoding: .utf8), file: "mot-cua.yaml")
  }

  @Test func theSurveyOfAOneStopShop() throws {
    let poll = try Self.survey()
    let indicators = poll.questions.filter { $0.kind == .indicator }
    let levels = poll.questions.filter { $0.kind == .ordinal }
    // Eleven items.
    #expect(Set(indicators.map(\.id)) == Set((1...9).map(String.init)))
    #expect(levels.map { $0.choices.map(\.code) } == Array(repeating: ["RKHL", "KHL", "BT", "HL", "RHL"], count: 2))
    #expect((poll.policy.smallestGroup, poll.policy.anonymity) == (5, .pseudonymous))
    for question in poll.questions {
      #expect(!question.text.en.isEmpty && question.choices.allSatisfy { !$0.label.en.isEmpty })
    }
    // Those of a period are put to nobody but the office.
    func asked(_ answers: [Answer]) -> [String] {
      poll.questions.filter { $0.isAsked(after: answers) }.map(\.id)
    }
    let everybody = ["hai-long", "phuc-vu", "1", "2", "3", "4", "6", "7", "nguoi-danh-gia"]
    #expect(asked([]) == everybody)
    #expect(asked([Answer(question: "nguoi-danh-gia", choices: ["CONG-DAN"])]) == everybody)
    #expect(asked([Answer(question: "nguoi-danh-gia", choices: ["CO-QUAN"])]) == everybody + ["5", "8", "9"])
    #expect(asked([Answer(question: "hai-long", choices: ["BT"])]).contains("ly-do"))
    #expect(asked([Answer(question: "7", choices: ["0"])]).contains("thai-do"))
    #expect(asked([Answer(question: "phuc-vu", choices: ["KHL"])]).contains("thai-do"))
  }

  /// A kiosk asks all that are for citizens: the first one, its reasons, and the others.
  @Test func theSurveyOnAKiosk() throws {
    let form = try KioskForm(Binhchon_V1_Poll(try Self.survey()))
    #expect(form.question == "hai-long")
    let others = ["phuc-vu", "1", "2", "3", "4", "6", "7"]
    for level in 0..<5 {
      let reasons = level < 3 ? ["ly-do"] : []
      #expect(KioskMachineTests.asked(form, after: level) == reasons + others)
      // The lowest of each.
      #expect(KioskMachineTests.asked(form, after: level, picking: 0) == reasons + others + ["thai-do"])
    }
  }

  @Test func whatIsExportedHasTheHashOfWhatWasPublished() throws {
    for poll in [try Self.survey(), try PollFile.read(PollExample.haiChau, file: "example")] {
      let yaml = PollWriter.yaml(Binhchon_V1_Poll(poll))
      let again = try PollFile.read(yaml, file: "export")
      #expect(again.definitionHash == poll.definitionHash)
      #expect(try Polling.Poll(Binhchon_V1_Poll(poll)).definitionHash == poll.definitionHash)
    }
  }

  @Test func whatIsShownNamesHashAndBreaks() throws {
    var poll = try Samples.poll()
    poll.definitionHash = "abc"
    var trendBreak = Binhchon_V1_TrendBreak()
    (trendBreak.question, trendBreak.version, trendBreak.aspects) = ("hai-long", 2, ["codes", "kind"])
    poll.trendBreaks = [trendBreak]
    poll.kInForce = 7
    let yaml = PollWriter.yaml(poll)
    #expect(yaml.contains("# k 7 of an earlier version stays in force\n"))
    #expect(yaml.contains("# sha-256 abc\n"))
    #expect(yaml.contains("# trend break: hai-long asks something else from version 2 (codes, kind)\n"))
    #expect(throws: Never.self) { try PollFile.read(yaml, file: "shown") }
  }

  @Test func theScaleNeedNotBeWrittenOut() throws {
    let text = """
      id: p
      title: {vi: P, km: ក}
      unit: u
      units: [{path: u, name: {vi: U}}]
      questions:
        - id: nps
          kind: scale0to10
          text: {vi: Q}
        - id: vi-sao
          kind: single
          optional: true
          asked-if:
            all: [{question: nps, choices: ["0", "1"]}]
          text: {vi: Q}
          choices: [{code: A, label: {vi: A}}, {code: B, label: {vi: B}}]
      """
    let poll = try PollFile.read(text, file: "f")
    #expect(poll.questions[0].choices.map(\.code) == (0...10).map(String.init))
    #expect(poll.questions[1].askedIf == Condition(question: "nps", choices: ["0", "1"]))
    #expect(poll.title.others == [.init(language: "km", text: "ក")])
    #expect(poll.policy.smallestGroup == 5)
  }

  /// A question that no answers lead to, and one that waits for itself, at their lines.
  @Test func deadAndCircularPathsAreToldWithTheirPlace() throws {
    func text(_ first: String, _ second: String) -> String {
      """
      id: p
      title: {vi: P}
      unit: u
      units: [{path: u, name: {vi: U}}]
      questions:
        - {id: a, kind: single, text: {vi: a}, choices: [{code: X, label: {vi: x}}, {code: Y, label: {vi: y}}]}
        - {id: b, kind: single, text: {vi: b}, choices: [{code: X, label: {vi: x}}, {code: Y, label: {vi: y}}],
           asked-if: \(first)}
        - {id: c, kind: single, text: {vi: c}, choices: [{code: X, label: {vi: x}}, {code: Y, label: {vi: y}}],
           asked-if: \(second)}
      """
    }
    let rows = [
      (
        "{question: a, choices: [X]}", "{all: [{question: b, choices: [X]}, {question: a, choices: [Y]}]}",
        "f:10:16: questions[2].asked_if can never hold: a would have to be X and Y"
      ),
      (
        "{question: c, choices: [X]}", "{question: b, choices: [X]}",
        "f:8:27: questions[1].asked_if.question goes round in a circle: b → c → b"
      ),
    ]
    for (first, second, expected) in rows {
      #expect {
        try PollFile.read(text(first, second), file: "f")
      } throws: { error in
        (error as? ClientError)?.why?(.en).contains(expected) == true
      }
    }
  }

  @Test func whatDiffSays() throws {
    let old = try Self.survey()
    var new = old
    #expect(PollDifference(from: old, to: new).lines(.en) == ["the same"])
    #expect(PollDifference(from: old, to: new).record.change == "none")
    new.questions[0].text.en = "How satisfied are you?"
    #expect(
      PollDifference(from: old, to: new).lines(.en) == ["a wording fix: it asks the same", "  hai-long: text"])
    new.questions[0].choices.removeLast()
    new.policy.smallestGroup = 10
    let difference = PollDifference(from: old, to: new)
    #expect(
      difference.lines(.en) == [
        "a change of meaning: trends break", "  policy", "  hai-long: text",
        "  hai-long: codes of choices  [trend break]",
      ])
    #expect(difference.record.items.map(\.trendBreak) == [false, false, true])
    #expect((difference.record.change, difference.record.same) == ("meaning", false))
    // The order of tests asks nobody else, but is another definition.
    var turned = old
    let place = try #require(turned.questions.firstIndex { $0.id == "thai-do" })
    let condition = try #require(turned.questions[place].askedIf)
    turned.questions[place].askedIf = Condition(condition.join, condition.tests.reversed())
    #expect(PollDifference(from: old, to: turned).lines(.en) == ["written otherwise, nothing else"])
  }
}
