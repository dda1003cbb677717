internal import Polling
internal import Schema
internal import Tallies

extension WatchEvent {
  func message(asOf: Timestamp) -> Binhchon_V1_WatchTallyResponse {
    var response = Binhchon_V1_WatchTallyResponse()
    switch self {
    case .snapshot(let figures):
      response.kind = .snapshot
      response.tally = figures.message(asOf: asOf)
    case .update(let figures):
      response.kind = .update
      response.tally = figures.message(asOf: asOf)
    case .reset(let figures):
      response.kind = .reset
      response.tally = figures.message(asOf: asOf)
    case .current(let position):
      response.kind = .current
      response.tally.revision = position.revision
      response.tally.ledgerEpoch = position.epoch
      response.tally.asOfMs = asOf.milliseconds
    }
    return response
  }
}

extension PollFigures {
  /// - Parameter asOf: our clock when these figures were known to be current.
  func message(asOf: Timestamp) -> Binhchon_V1_Tally {
    var message = Binhchon_V1_Tally()
    message.poll = poll.rawValue
    message.pollVersion = pollVersion
    message.unit = tally.unit.rawValue
    message.channel = tally.channel?.message ?? .unspecified
    message.revision = tally.revision
    message.ledgerEpoch = epoch
    message.asOfMs = asOf.milliseconds
    message.today = tally.today.description
    message.windows = tally.windows.map(\.message)
    message.status = isClosed ? .closed : .open
    return message
  }
}

extension Tally.WindowCount {
  fileprivate var message: Binhchon_V1_WindowCount {
    var message = Binhchon_V1_WindowCount()
    message.window = window.message
    message.ballots = UInt64(clamping: ballots)
    message.flaggedBallots = UInt64(clamping: flaggedBallots)
    message.boundBallots = UInt64(clamping: boundBallots)
    message.singleEntryBallots = UInt64(clamping: singleEntryBallots)
    message.questions = questions.map(\.message)
    message.channels = channels.sorted { $0.key.rawValue < $1.key.rawValue }.map { channel, ballots in
      var message = Binhchon_V1_ChannelCount()
      message.channel = channel.message
      message.ballots = UInt64(clamping: ballots)
      return message
    }
    return message
  }
}

extension Tally.QuestionCount {
  var message: Binhchon_V1_QuestionCount {
    var message = Binhchon_V1_QuestionCount()
    message.question = question
    message.choices = zip(codes, counts).map { code, count in
      var message = Binhchon_V1_ChoiceCount()
      message.choice = code
      message.count = UInt64(clamping: count)
      return message
    }
    message.undervotes = UInt64(clamping: undervotes)
    return message
  }
}

extension Window {
  var message: Binhchon_V1_Window {
    switch self {
    case .today: .today
    case .yesterday: .yesterday
    case .thisWeek: .thisWeek
    case .thisMonth: .thisMonth
    case .total: .total
    }
  }
}
