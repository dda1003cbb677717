internal import Foundation
internal import Ledger
internal import Polling
internal import Schema

// A vote on nominees: message → value, value → message.

extension VoteDefinition {
  /// - Parameter slate: whom it is about, and by which rules.
  init(_ message: Binhchon_V1_OpenNomineeVoteRequest, _ slate: NomineeSlate) throws(Refusal) {
    let electorate: Electorate
    switch message.electorate {
    case .codes(true): electorate = .codes
    case .named(let named): electorate = .named(named.persons)
    case .codes(false), nil: throw .invalid([Violation("electorate", "must be codes or named persons")])
    }
    self.init(
      campaignVersion: slate.version, unit: slate.unit, rules: slate.rules, nominees: slate.nominees,
      electorate: electorate,
      secrecy: message.hasSecrecy
        ? Secrecy(
          publicKey: Array(message.secrecy.publicKey), fewest: message.secrecy.fewest == 0 ? 5 : message.secrecy.fewest)
        : nil, isLive: message.live)
  }
}

extension NomineeBallot {
  init(_ message: Binhchon_V1_NomineeMarks) throws(Refusal) {
    guard message.marks.count <= 2 * NomineeCount.mostNominees else {
      throw .invalid([Violation("marks", "are too many")])
    }
    var marks: [Mark] = []
    for (index, mark) in message.marks.enumerated() {
      do {
        marks.append(Mark(try RecordID(mark.nominee), level: max(1, mark.level)))
      } catch {
        throw .invalid([Violation("marks[\(index)].nominee", error.problem)])
      }
    }
    self.init(marks)
  }
}

extension Binhchon_V1_NomineeVoteState {
  /// - Parameter number: of the vote's last act.
  init?(_ book: NomineeVoteBook, _ place: Binhchon_V1_NomineeVotePlace, number: UInt64) {
    guard let definition = book.definition else { return nil }
    self.init()
    self.place = place
    act = number
    unit = definition.unit.rawValue
    campaignVersion = definition.campaignVersion
    switch definition.rules.method {
    case .approval: method = .approval
    case .choose(let most): (method, self.most) = (.choose, most)
    case .scale(let levels): (method, most) = (.scale, levels)
    case .jury(let points): (method, most) = (.jury, points)
    }
    nominees = definition.nominees.map { nominee in
      var message = Binhchon_V1_NomineeOnSheet()
      (message.id, message.name) = (nominee.id.rawValue, nominee.name)
      return message
    }
    switch definition.electorate {
    case .codes: byCodes = true
    case .named(let persons): self.persons = persons
    }
    if let secrecy = definition.secrecy {
      self.secrecy.publicKey = Data(secrecy.publicKey)
      self.secrecy.fewest = secrecy.fewest
    }
    live = definition.isLive
    entitled = book.entitled
    switch book.closing?.outcome {
    case nil: phase = .open
    case .counted: phase = .counted
    case .tooFew: phase = .tooFew
    case .unopened: phase = .givenUp
    }
    why = book.closing?.why ?? ""
    tell(book, definition)
  }

  /// Figures and open ballots, where they may be told by now.
  private mutating func tell(_ book: NomineeVoteBook, _ definition: VoteDefinition) {
    guard let count = book.count, phase == .counted || phase == .open && definition.isLive else { return }
    figures = Binhchon_V1_NomineeFigures(count, entitled: book.entitled, spoilt: book.closing?.spoilt ?? 0)
    ballots = book.votes.map { vote in
      var message = Binhchon_V1_OpenNomineeBallot()
      message.person = vote.person
      message.marks = vote.ballot.marks.map { mark in
        var message = Binhchon_V1_NomineeMark()
        (message.nominee, message.level) = (mark.nominee.rawValue, mark.level)
        return message
      }
      return message
    }
  }
}

extension Binhchon_V1_NomineeFigures {
  fileprivate init(_ count: NomineeCount, entitled: UInt64, spoilt: UInt64) {
    self.init()
    let result = count.result(entitled: entitled)
    ballots = count.ballots
    votesAllowed = count.votesAllowed
    votes = count.votes
    overvotes = count.overvotes
    undervotes = count.undervotes
    self.spoilt = spoilt
    quorum = result.hasQuorum
    standings = result.standings.map { standing in
      var message = Binhchon_V1_NomineeStanding()
      message.nominee = standing.nominee.rawValue
      message.rank = UInt32(clamping: standing.rank ?? 0)
      message.votes = standing.support.votes
      message.points = standing.support.points
      if let measure = standing.measure {
        message.measure.numerator = measure.numerator
        message.measure.denominator = measure.denominator
      }
      message.outcome =
        switch standing.outcome {
        case .chosen: .chosen
        case .notChosen: .notChosen
        case .tied: .tied
        case .noQuorum: .noQuorum
        }
      return message
    }
  }
}
