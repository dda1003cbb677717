import Foundation
import Polling
import Schema

@testable import binhchon

enum Samples {
  /// The Hải Châu poll, from its file, as the server would list it.
  static func poll() throws -> Binhchon_V1_Poll {
    var poll = Binhchon_V1_Poll(try PollFile.read(PollExample.haiChau, file: "example"))
    poll.version = 1
    poll.status = .open
    return poll
  }

  static func factory() throws -> BallotFactory {
    BallotFactory(poll: try poll(), unit: "hai-chau/mot-cua/quay-01", channel: .kiosk)
  }

  /// The `number`-th ballot, always the same bytes.
  static func ballot(_ number: UInt64, choice: String = "HL") throws -> Binhchon_V1_Ballot {
    let factory = try factory()
    let id = BallotID(
      time: Timestamp(milliseconds: 1_700_000_000_000), precision: .second, random: (number, number))
    return factory.make(try AnswerSheet(choice: choice).answers(in: factory.poll), id: id)
  }

  static func receipt(_ ballot: Binhchon_V1_Ballot, replayed: Bool = false) -> Binhchon_V1_Receipt {
    var receipt = Binhchon_V1_Receipt()
    receipt.ballotID = ballot.ballotID
    receipt.counted = true
    receipt.replayed = replayed
    receipt.day = "2025-11-22"
    receipt.ledgerEpoch = "e1"
    return receipt
  }

  static func tally(
    revision: UInt64 = 1_234, epoch: String = "e1", today: [UInt64] = [12, 6, 19, 113, 150],
    total: [UInt64] = [201_385, 99_014, 1_922_619, 6_201_833, 9_604_234], flagged: UInt64 = 0
  ) -> Binhchon_V1_Tally {
    var tally = Binhchon_V1_Tally()
    tally.poll = "hai-chau-hai-long"
    tally.pollVersion = 1
    tally.unit = "hai-chau"
    tally.revision = revision
    tally.ledgerEpoch = epoch
    tally.asOfMs = 1_700_000_000_000
    tally.today = "2023-11-15"
    tally.status = .open
    tally.windows = [
      window(.today, today, flagged: flagged), window(.yesterday, [0, 0, 0, 0, 0]), window(.thisWeek, today),
      window(.thisMonth, today), window(.total, total),
    ]
    return tally
  }

  static func window(
    _ name: Binhchon_V1_Window, _ counts: [UInt64], flagged: UInt64 = 0
  ) -> Binhchon_V1_WindowCount {
    var window = Binhchon_V1_WindowCount()
    window.window = name
    window.ballots = counts.reduce(0, +)
    window.flaggedBallots = flagged
    var question = Binhchon_V1_QuestionCount()
    question.question = "hai-long"
    question.choices = zip(["RKHL", "KHL", "BT", "HL", "RHL"], counts).map { code, count in
      var choice = Binhchon_V1_ChoiceCount()
      choice.choice = code
      choice.count = count
      return choice
    }
    window.questions = [question]
    return window
  }

  static func update(
    _ kind: Binhchon_V1_WatchTallyResponse.Kind, _ tally: Binhchon_V1_Tally
  ) -> Binhchon_V1_WatchTallyResponse {
    var update = Binhchon_V1_WatchTallyResponse()
    update.kind = kind
    update.tally = tally
    return update
  }

  static let unavailable = Refusal(code: StatusCode.unavailable.rawValue, message: "gone")
  static let conflict = Refusal(code: StatusCode.alreadyExists.rawValue, message: "no", reason: "BALLOT_CONFLICT")
}

/// The text of a page, without what is to the right of the last letter.
func text(_ lines: [Line], _ style: Style = .plain, columns: Int = 80) -> String {
  lines.map { line in
    var text = line.rendered(style, columns: columns)
    while text.last == " " { text.removeLast() }
    return text
  }.joined(separator: "\n")
}
