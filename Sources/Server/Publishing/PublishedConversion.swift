internal import Polling
internal import Schema
internal import Tallies

extension PublishedTally {
  /// The published figures of a unit and all below it. What is left out is marked, and so is everything that is never
  /// published: flagged and bound ballots, and channels, which are not listed.
  func message(_ listed: ListedPoll, unit: UnitPath, epoch: String) -> Binhchon_V1_Tally {
    let poll = listed.newest
    var message = Binhchon_V1_Tally()
    message.poll = poll.id.rawValue
    message.pollVersion = poll.version
    message.unit = unit.rawValue
    message.revision = revision
    message.ledgerEpoch = epoch
    message.asOfMs = asOf.milliseconds
    message.today = (today ?? Day(of: asOf)).description
    message.windows = Window.allCases.map { window in
      var count = Binhchon_V1_WindowCount()
      count.window = window.message
      let ballots = value(unit, window, .ballots)
      (count.ballots, count.ballotsHidden) = (ballots ?? 0, ballots == nil)
      count.flaggedBallotsHidden = true
      count.boundBallotsHidden = true
      count.questions = questions(of: poll, unit, window)
      return count
    }
    message.status = listed.isClosed ? .closed : .open
    message.k = threshold
    message.publishedFrom = firstDay?.description ?? ""
    return message
  }

  /// The figures of one window, and those of these units within it.
  ///
  /// - Parameter rows: nil: one row, the total.
  func message(
    _ listed: ListedPoll, unit: UnitPath, window: Window, rows units: [UnitPath]?
  ) -> Binhchon_V1_GetFiguresResponse {
    let poll = listed.newest
    func row(_ unit: UnitPath) -> Binhchon_V1_FigureRow {
      var row = Binhchon_V1_FigureRow()
      let ballots = value(unit, window, .ballots)
      (row.ballots, row.ballotsHidden) = (ballots ?? 0, ballots == nil)
      row.flaggedBallotsHidden = true
      row.boundBallotsHidden = true
      row.lateBallotsHidden = true
      row.questions = questions(of: poll, unit, window)
      return row
    }
    var message = Binhchon_V1_GetFiguresResponse()
    message.unit = unit.rawValue
    let period = OpenPeriod(window, today: today ?? Day(of: asOf))
    message.days.from = period.start?.description ?? ""
    message.days.to = period.end?.description ?? ""
    message.total = row(unit)
    message.rows =
      units?.map { unit in
        var row = row(unit)
        row.keys = [unit.rawValue]
        return row
      } ?? [message.total]
    message.k = threshold
    message.publishedFrom = firstDay?.description ?? ""
    return message
  }

  private func value(_ unit: UnitPath, _ window: Window, _ subject: CellKey.Subject) -> UInt64? {
    values[PublicationState.Place(unit: unit, window: window, subject: subject)].map { UInt64(clamping: $0) }
  }

  private func questions(of poll: Poll, _ unit: UnitPath, _ window: Window) -> [Binhchon_V1_QuestionCount] {
    poll.questions.map { question in
      var message = Binhchon_V1_QuestionCount()
      message.question = question.id
      message.choices = question.choices.map { choice in
        var message = Binhchon_V1_ChoiceCount()
        message.choice = choice.code
        let count = value(unit, window, .votes(question: question.id, choice: choice.code))
        (message.count, message.hidden) = (count ?? 0, count == nil)
        return message
      }
      let undervotes = value(unit, window, .undervotes(question: question.id))
      (message.undervotes, message.undervotesHidden) = (undervotes ?? 0, undervotes == nil)
      return message
    }
  }
}

extension ListedPoll {
  /// Whether it has paper that one person entered and nobody a second time. Of the poll as a whole, for of a part it could tell
  /// that somebody rated there.
  func hasSingleEntry() async -> Bool {
    await tally.figures(unit: newest.unit, channel: .paper).tally.windows.contains { $0.singleEntryBallots > 0 }
  }
}

extension UnitPath {
  /// The child of this unit that `other` is or lies below; nil for itself and units elsewhere.
  func child(above other: UnitPath) -> UnitPath? {
    guard self != other, contains(other) else { return nil }
    let rest = other.rawValue.dropFirst(rawValue.count + 1).prefix { $0 != "/" }
    return try? UnitPath("\(rawValue)/\(rest)")
  }

  /// The units that it lies in.
  var above: [UnitPath] {
    rawValue.indices.filter { rawValue[$0] == "/" }.compactMap { try? UnitPath(String(rawValue[..<$0])) }
  }
}
